import { confidentialMessages } from '../../messages/confidentiality-store.ts';
import type { StoredMessage } from '../../messages/load-store.ts';
import type { TemplatesContext } from '../context.ts';

/** Messages as others may be shown them: of confidential ones, the sample of their version stands in for their data. */
export async function redactedForAdmins(
  { db, templates }: TemplatesContext,
  messages: readonly StoredMessage[],
): Promise<StoredMessage[]> {
  const confidential = await confidentialMessages(
    db,
    messages.map(({ id }) => id),
  );
  return Promise.all(
    messages.map(async message => {
      if (!confidential.has(message.id)) return message;
      const { content } = await templates.version(message.templateVersionId);
      return { ...message, content: { ...message.content, data: content.sample } };
    }),
  );
}
