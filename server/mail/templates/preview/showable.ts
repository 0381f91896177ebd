import type { MailContext } from '../../context.ts';
import { secretMessages } from '../../messages/confidentiality-store.ts';
import type { StoredMessage } from '../../messages/load-store.ts';

/** Messages as others may be shown them: of secret ones, the sample of their version stands in for their data. */
export async function showable(
  { db, templates }: MailContext,
  messages: readonly StoredMessage[],
): Promise<StoredMessage[]> {
  const secrets = await secretMessages(
    db,
    messages.map(({ id }) => id),
  );
  return Promise.all(
    messages.map(async message => {
      if (!secrets.has(message.id)) return message;
      const { content } = await templates.version(message.templateVersionId);
      return { ...message, content: { ...message.content, data: content.sample } };
    }),
  );
}
