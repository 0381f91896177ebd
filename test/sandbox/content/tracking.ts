import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { appendToBody } from './html-body.ts';
import { type Bodies, replaceLinks } from './tracked-links.ts';
import { unsubscribeUrl } from './unsubscribe.ts';

/**
 * The bodies as they go out to a recipient: links lead through the sandbox, and a picture tells it of an open, as far
 * as tracking is on. Postmark leaves the links of an account alone that it has not approved yet.
 */
export function addTracking(
  provider: Provider,
  message: CapturedMessage,
  recipient: string,
  bodies: Bodies,
): Bodies {
  const place = `${message.id}/${Math.max(0, message.recipients.indexOf(recipient))}`;
  const mode = provider.account.state === 'pending' ? 'None' : message.trackLinks;
  const leaving = unsubscribeUrl(provider, message, recipient);
  let count = 0;
  const { html, text } = replaceLinks(bodies, mode, ({ link }) => {
    const number = count++;
    return link === leaving ? link : `${provider.apiUrl}/sandbox/click/${place}/${number}`;
  });
  if (!message.trackOpens || html === '') return { html, text };
  const pixel = `<img src="${provider.apiUrl}/sandbox/open/${place}" width="1" height="1" border="0" alt="">`;
  return { html: appendToBody(html, pixel), text };
}

/** The HTML without the picture: who reads it here is not its recipient. */
export function withoutPixel(html: string): string {
  return html.replace(/<img src="[^"]*\/sandbox\/open\/[^"]*"[^>]*>/, '');
}

/** What a request to one of these addresses tells. */
export interface Tracked {
  kind: 'open' | 'click';
  message: CapturedMessage;
  email: string;
  /** Which of the tracked links. */
  link: number;
}

/** The message and recipient that such an address belongs to. */
export function readTrackingPath(provider: Provider, path: string): Tracked | null {
  const [, kind, id = '', recipient, link] =
    /^\/sandbox\/(open|click)\/([0-9a-f-]{36})\/(\d{1,2})(?:\/(\d{1,4}))?$/.exec(path) ?? [];
  const message = provider.messages.get(id);
  const email = message?.recipients[Number(recipient)];
  if (!message || email === undefined || (kind === 'click') !== (link !== undefined)) return null;
  return { kind: kind === 'open' ? 'open' : 'click', message, email, link: Number(link ?? 0) };
}
