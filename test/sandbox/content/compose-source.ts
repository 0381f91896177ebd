import MailComposer from 'nodemailer/lib/mail-composer';
import type { CapturedMessage } from '../store/messages.ts';
import type { Content } from './content.ts';

/** A message that came as fields, as the MIME text its recipient gets. The same message always reads the same. */
export async function composeSource(message: CapturedMessage, content: Content): Promise<string> {
  const boundary = message.id.replaceAll('-', '');
  const composed = new MailComposer({
    baseBoundary: boundary,
    from: message.from,
    to: message.to.map(asAddress),
    cc: message.cc.map(asAddress),
    subject: message.subject,
    date: new Date(message.receivedAt),
    headers: content.headers.map(({ Name, Value }) => ({ key: Name, value: Value })),
    ...(content.text === '' ? {} : { text: content.text }),
    ...(content.html === '' ? {} : { html: content.html }),
    attachments: content.attachments.map(({ name, contentType, contentId, content: data }) => ({
      filename: name,
      content: data,
      contentType,
      ...(contentId === '' ? {} : { cid: contentId.replace(/^cid:/, '') }),
    })),
  });
  return (await composed.compile().build()).toString('utf8');
}

function asAddress({ Email, Name }: { Email: string; Name: string }): { address: string; name: string } {
  return { address: Email, name: Name };
}
