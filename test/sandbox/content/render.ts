import PostalMime from 'postal-mime';
import type { Provider } from '../state/provider.ts';
import type { Source } from '../store/content-window.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { composeSource } from './compose-source.ts';
import type { Content } from './content.ts';
import { deliveredHeaders } from './delivered-headers.ts';
import { addTracking } from './tracking.ts';
import { addUnsubscribe } from './unsubscribe.ts';

/** Renders a message as it goes out to a recipient (the first, when none is named): null when its body is no longer kept. */
export async function renderDelivered(
  provider: Provider,
  message: CapturedMessage,
  recipient = message.recipients[0] ?? '',
): Promise<Content | null> {
  const content = await renderFor(provider, message, recipient);
  return content && { ...content, ...addTracking(provider, message, recipient, content) };
}

/** The same before its links are rewritten. */
export async function renderFor(
  provider: Provider,
  message: CapturedMessage,
  recipient = message.recipients[0] ?? '',
): Promise<Content | null> {
  const source = provider.messages.source(message.id);
  if (!source) return null;
  const content = await readSource(source);
  const headers = deliveredHeaders(provider, message, recipient, content.headers);
  return { ...content, ...addUnsubscribe(provider, message, recipient, { ...content, headers }) };
}

/** The message as text: over SMTP what was handed over, over REST what goes out; empty when no longer kept. */
export async function writeSource(provider: Provider, message: CapturedMessage): Promise<string> {
  const source = provider.messages.source(message.id);
  if (source?.kind === 'mime') return source.raw.toString('utf8');
  const content = await renderDelivered(provider, message);
  return content ? composeSource(message, content) : '';
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
