import type { MailContext } from '../../context.ts';
import type { TemplateContent } from '../language/template.ts';
import { type Fault, inOrder } from '../lint/fault.ts';
import { hasCategory, isBulk, senderOf } from './sender.ts';

/**
 * Every fault of a template, errors first: what does not parse, what asks for other data than the contract gives, and
 * what recipients would trip over. None is thrown. Only content without errors may be published.
 */
export async function checkTemplate(
  { renderPool, policy }: Pick<MailContext, 'renderPool' | 'policy'>,
  content: TemplateContent,
): Promise<Fault[]> {
  const { category } = content;
  if (!hasCategory(policy, category)) {
    // What else to ask of it depends on the category: whether it needs a link to unsubscribe, and who it is from.
    const message = `The routing policy has no category ${category || '(none)'}: choose one that it has.`;
    return [wholeFault('category', message)];
  }
  const outcome = await renderPool.run('inspect', {
    content,
    bulk: isBulk(policy, category),
    from: senderOf(policy, category),
  });
  return inOrder(outcome.ok ? outcome.value : [wholeFault(outcome.problem, outcome.message)]);
}

function wholeFault(rule: string, message: string): Fault {
  return { part: 'template', locale: null, line: 1, column: 1, severity: 'error', rule, message };
}
