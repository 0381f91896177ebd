import type { MailContext } from './context.ts';
import type { Rendered } from './rules/render.ts';
import { loadClaimed } from './store/load.ts';
import { unsubscribePlaceholder } from './unsubscribe.ts';

/**
 * A message as it was or will be rendered: from the version it is pinned to and the data it was accepted with.
 * Null when there is no such message or its content was purged.
 */
export async function previewOf({ db, templates }: MailContext, id: string): Promise<Rendered | null> {
  const [message] = await loadClaimed(db, [{ messageId: id, lease: '' }]);
  if (!message || message.purged) return null;
  const template = await templates.version(message.templateVersionId);
  return template.render(template.complete(message.content.data), {
    locale: message.locale,
    unsubscribe: unsubscribePlaceholder,
  });
}
