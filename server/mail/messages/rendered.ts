import type { MailContext } from '../context.ts';
import { type Rendered, renderStored } from '../templates/index.ts';
import { refuseConfidential } from './confidentiality.ts';
import { loadMessage, type StoredMessage } from './load-store.ts';

/**
 * A message as it was or will be rendered: from the version it is pinned to and the data it was accepted with.
 * Null when there is no such message or its content was purged. Throws `confidential` when only its recipient may read it.
 */
export async function previewOf(context: MailContext, id: string): Promise<Rendered | null> {
  await refuseConfidential(context, id);
  const message = await loadMessage(context.db, id);
  return message && !message.purged ? rendered(context, message) : null;
}

/** A loaded message by the version it is pinned to. */
async function rendered({ templates, providers }: MailContext, message: StoredMessage): Promise<Rendered> {
  const { templateVersionId, locale, transport, content } = message;
  const unsubscribe = providers.unsubscribePlaceholder(transport);
  return renderStored(templates, { templateVersionId, data: content.data }, { locale, unsubscribe });
}
