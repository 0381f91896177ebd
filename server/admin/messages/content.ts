import { type Mail, MailError, type MessageDetails, type MessageView } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { isUuid } from '../uuid.ts';

/** The message that the path names. Throws a page of status 404. */
export async function findMessage({ mail, request }: Page): Promise<MessageDetails> {
  const id = String(request.params.id);
  const message = isUuid(id) ? await mail.messages.get(id) : null;
  if (!message) throw notFound('There is no such message.');
  return message;
}

/** The rendered message; else null: it is gone, cannot be rendered (the problem says why), or is confidential. */
export interface Content {
  rendered: Awaited<ReturnType<Mail['messages']['preview']>>;
  problem: string | null;
  confidential: string | null;
}

/** The content of a message, as its recipient sees it. */
export async function readContent(mail: Mail, message: MessageView): Promise<Content> {
  const nothing = { rendered: null, problem: null, confidential: null };
  try {
    return { ...nothing, rendered: await mail.messages.preview(message.id) };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    if (error.code === 'confidential') return { ...nothing, confidential: error.message };
    return { ...nothing, problem: `This message cannot be rendered: ${error.message}` };
  }
}

/** The payload of an event; or, where operators may not read it, why. */
export async function readPayload(
  mail: Mail,
  eventId: string,
): Promise<{ raw: string | null; withheld: string | null }> {
  try {
    const raw = await mail.messages.rawEvent(eventId);
    return { raw: raw === null ? null : readable(raw), withheld: null };
  } catch (error) {
    if (error instanceof MailError && error.code === 'confidential')
      return { raw: null, withheld: error.message };
    throw error;
  }
}

function readable(raw: string): string {
  // Printed again, long ids would lose their last digits.
  if (/\d{16}/.test(raw)) return raw;
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
