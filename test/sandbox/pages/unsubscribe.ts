import { readUnsubscribePath } from '../content/unsubscribe.ts';
import { removeSuppression, suppressRecipient } from '../delivery/suppress.ts';
import type { Provider } from '../state/provider.ts';
import { framed } from './frame.ts';
import { type Html, html } from './html.ts';

/**
 * The page behind an unsubscribe link: a shown asks, a POST (also the one-click kind of RFC 8058) leaves the stream,
 * and a POST of `again` comes back, unless something else than the recipient keeps the address off.
 */
export function unsubscribePage(
  provider: Provider,
  path: string,
  method: string,
  form: URLSearchParams,
): string | null {
  const found = readUnsubscribePath(provider, path);
  if (!found) return null;
  const { message, email } = found;
  const { stream } = message;
  if (method === 'POST') {
    if (!form.has('again')) suppressRecipient(provider, message, email, 'ManualSuppression', 'Recipient');
    else if (
      provider.suppressions.get(stream, email)?.origin === 'Recipient' &&
      isOwnWish(provider, stream, email)
    )
      removeSuppression(provider, stream, email, 'Recipient');
  }
  const isOff = provider.suppressions.get(stream, email) !== undefined;
  const content = isOff ? farewell(email) : question(email, stream);
  return framed(provider, null, 'Unsubscribe', html`<main class="narrow">${content}</main>`);
}

function isOwnWish({ suppressions }: Provider, stream: string, email: string): boolean {
  return suppressions.get(stream, email)?.reason === 'ManualSuppression';
}

function question(email: string, stream: string): Html {
  return html`<h1>Unsubscribe?</h1><p>${email} gets mail of the stream ${stream}.</p>
<form method="post"><button class="main">Unsubscribe</button></form>`;
}

function farewell(email: string): Html {
  return html`<h1>Unsubscribed</h1><p>${email} will get no more of this.</p>
<form method="post"><input type="hidden" name="again" value="yes"><button>Subscribe again</button></form>`;
}
