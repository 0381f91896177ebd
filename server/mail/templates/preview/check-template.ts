import { findCategory, senderOf } from '../../routing/policy.ts';
import type { TemplatesContext } from '../context.ts';
import { type Issue, issue } from '../issue.ts';
import type { TemplateContent } from '../language/template.ts';
import type { Wanted } from './draft-checks.ts';

/**
 * Every issue of a template, errors first: what does not parse, what asks for other data than the contract gives, and
 * what recipients would trip over. None is thrown. Only content without errors may be published.
 */
export async function checkTemplate(
  { renderPool, policy, links }: Pick<TemplatesContext, 'renderPool' | 'policy' | 'links'>,
  content: TemplateContent,
  { signal }: Wanted = {},
): Promise<Issue[]> {
  const { category } = content;
  const known = findCategory(policy, category);
  if (!known) {
    // What else to ask of it depends on the category: whether it needs a link to unsubscribe, and who it is from.
    const message = `The routing policy has no category ${category || '(none)'}: choose one that it has.`;
    return [issue('category', message)];
  }
  const inspection = {
    content,
    bulk: known.lane === 'bulk',
    hasPreferences: links.publicUrl !== null,
    from: senderOf(policy, category),
  };
  const outcome = await renderPool.run('inspect', inspection, { signal });
  return outcome.ok ? outcome.value : [outcome.problem];
}
