import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { appendToBody } from './html-body.ts';

const PLACEHOLDER = /\{\{\{\s*pm:unsubscribe(?:\s+label="([^"]*)")?\s*\}\}\}/g;
const IN_HREF = /(href\s*=\s*["']?)\s*\{\{\{\s*pm:unsubscribe\s*\}\}\}/gi;

/** The bodies of a message with the unsubscribe link of one recipient in place, and the headers that go with it. */
export interface Subscribable {
  html: string;
  text: string;
  headers: { Name: string; Value: string }[];
}

/** The page on which a recipient leaves the stream; one per message and recipient. */
export function unsubscribeUrl(provider: Provider, message: CapturedMessage, recipient: string): string {
  const index = Math.max(0, message.recipients.indexOf(recipient));
  return `${provider.apiUrl}/sandbox/unsubscribe/${message.id}/${index}`;
}

/** The recipient an unsubscribe address belongs to. */
export function readUnsubscribePath(
  provider: Provider,
  path: string,
): { message: CapturedMessage; email: string } | null {
  const parts = /^\/sandbox\/unsubscribe\/([0-9a-f-]{36})\/(\d{1,2})$/.exec(path);
  const message = parts?.[1] === undefined ? undefined : provider.messages.get(parts[1]);
  const email = message?.recipients[Number(parts?.[2])];
  return message && email !== undefined ? { message, email } : null;
}

/**
 * Puts the link where the placeholder stands. On a stream whose unsubscribes Postmark manages, a body without it gets
 * a footer, and the List-Unsubscribe headers are set (the sender's own give way).
 */
export function addUnsubscribe(
  provider: Provider,
  message: CapturedMessage,
  recipient: string,
  parts: Subscribable,
): Subscribable {
  const url = unsubscribeUrl(provider, message, recipient);
  const managed = provider.streams.get(message.stream)?.unsubscribeHandling === 'Postmark';
  const html = linkHtml(parts.html, url);
  const text = parts.text.replace(PLACEHOLDER, url);
  if (!managed) return { html, text, headers: parts.headers };
  return {
    html: html === parts.html ? withHtmlFooter(html, url) : html,
    text: text === parts.text ? withTextFooter(text, url) : text,
    headers: [...parts.headers.filter(({ Name }) => !/^list-unsubscribe/i.test(Name)), ...listHeaders(url)],
  };
}

function linkHtml(html: string, url: string): string {
  return html
    .replace(IN_HREF, `$1${url}`)
    .replace(PLACEHOLDER, (_, label: string | undefined) => `<a href="${url}">${label ?? 'Unsubscribe'}</a>`);
}

function withHtmlFooter(html: string, url: string): string {
  if (html === '') return html;
  const footer = `<p style="text-align:center"><a href="${url}">Unsubscribe</a></p>`;
  return appendToBody(html, footer);
}

function withTextFooter(text: string, url: string): string {
  return text === '' ? text : `${text}\r\n\r\nUnsubscribe: ${url}\r\n`;
}

function listHeaders(url: string): { Name: string; Value: string }[] {
  return [
    { Name: 'List-Unsubscribe', Value: `<${url}>` },
    { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
  ];
}
