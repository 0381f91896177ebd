import PostalMime from 'postal-mime';
import type { Provider } from './provider.ts';
import type { Source } from './store/contents.ts';
import type { CapturedMessage } from './store/messages.ts';
import { addUnsubscribe } from './unsubscribe.ts';

/** A message as one of its recipients finds it. */
export interface Content {
  html: string;
  text: string;
  headers: { Name: string; Value: string }[];
  attachments: { name: string; contentType: string; contentId: string; content: Buffer }[];
}

/** Renders a message for a recipient (the first, when none is named); null when its body is no longer kept. */
export async function renderDelivered(
  provider: Provider,
  message: CapturedMessage,
  recipient = message.recipients[0] ?? '',
): Promise<Content | null> {
  const source = provider.messages.source(message.id);
  if (!source) return null;
  const content = await readSource(source);
  const headers = passedOn(message, content.headers);
  return { ...content, ...addUnsubscribe(provider, message, recipient, { ...content, headers }) };
}

/** The message as text: over SMTP what was handed over, over REST a plain rendering; empty when no longer kept. */
export async function writeSource(provider: Provider, message: CapturedMessage): Promise<string> {
  const source = provider.messages.source(message.id);
  if (source?.kind === 'mime') return source.raw.toString('utf8');
  const content = await renderDelivered(provider, message);
  if (!content) return '';
  const named = [
    { Name: 'From', Value: message.from },
    { Name: 'To', Value: message.to.map(({ Email }) => Email).join(', ') },
    { Name: 'Subject', Value: message.subject },
  ];
  const head = [...named, ...content.headers].map(({ Name, Value }) => `${Name}: ${Value}`).join('\r\n');
  return `${head}\r\n\r\n${content.text || content.html}`;
}

async function readSource(source: Source): Promise<Content> {
  if (source.kind === 'mime') return readMime(source.raw);
  const attachments = source.attachments.map(file => ({
    name: file.name,
    contentType: file.contentType,
    contentId: file.contentId,
    content: Buffer.from(file.content, 'base64'),
  }));
  return { html: source.html, text: source.text, headers: source.headers, attachments };
}

async function readMime(raw: Buffer): Promise<Content> {
  const email = await PostalMime.parse(raw, { attachmentEncoding: 'base64' });
  return {
    html: email.html ?? '',
    text: email.text ?? '',
    headers: email.headers.map(({ originalKey, value }) => ({ Name: originalKey, Value: value })),
    attachments: email.attachments.map(file => ({
      name: file.filename ?? '',
      contentType: file.mimeType,
      contentId: file.contentId ?? '',
      content: Buffer.from(String(file.content), 'base64'),
    })),
  };
}

/**
 * Control headers and metadata never reach the recipient, and Postmark names itself; the sender's own Message-ID
 * stays only when it asked for that.
 */
function passedOn(message: CapturedMessage, headers: Content['headers']): Content['headers'] {
  const has = (wanted: string): boolean => headers.some(({ Name }) => Name.toLowerCase() === wanted);
  const keepsOwn = has('x-pm-keepid') && has('message-id');
  return [
    ...(keepsOwn ? [] : [{ Name: 'Message-ID', Value: `<${message.id}@mtasv.net>` }]),
    { Name: 'X-PM-Message-Id', Value: message.id },
    ...headers.filter(({ Name }) => {
      const lower = Name.toLowerCase();
      return lower === 'message-id' ? keepsOwn : !lower.startsWith('x-pm-');
    }),
  ];
}
