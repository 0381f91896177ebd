import type { MailContext } from '../../context.ts';
import type { TemplateContent } from '../language/template.ts';
import { type Fault, inOrder } from '../lint/fault.ts';
import { hasCategory, isBulk, senderOf } from './sender.ts';

/**
 * Every fault of a template, errors first: what does not parse, what asks for other data than the contract gives, and
 * what recipients would trip over. None is thrown. Only content without errors may be published.
 */
export async function checkTemplate(
  { workshop, policy }: Pick<MailContext, 'workshop' | 'policy'>,
  content: TemplateContent,
): Promise<Fault[]> {
  const { category } = content;
  const outcome = await workshop.run('inspect', {
    content,
    bulk: isBulk(policy, category),
    from: senderOf(policy, category),
  });
  const found = outcome.ok ? outcome.value : [wholeFault(outcome.problem, outcome.message)];
  if (hasCategory(policy, category)) return inOrder(found);
  const unknown = `There is no category ${category} in the routing policy: choose one that it has.`;
  return inOrder([...found, wholeFault('category', unknown)]);
}

function wholeFault(rule: string, message: string): Fault {
  return { part: 'template', locale: null, line: 1, column: 1, severity: 'error', rule, message };
}
