import type { Provider } from '../provider.ts';
import { suppressRecipient } from '../suppressing.ts';
import { readUnsubscribePath } from '../unsubscribe.ts';
import { escapeHtml, page } from './html.ts';

/** The page behind an unsubscribe link: a look asks, a POST (also the one-click kind of RFC 8058) leaves the stream. */
export function unsubscribePage(provider: Provider, path: string, method: string): string | null {
  const found = readUnsubscribePath(provider, path);
  if (!found) return null;
  const { message, email } = found;
  if (method !== 'POST') {
    const form = '<form method="post"><button>Unsubscribe</button></form>';
    return page('Unsubscribe', `<p>${escapeHtml(email)} from ${escapeHtml(message.stream)}</p>${form}`);
  }
  suppressRecipient(provider, message, email, 'ManualSuppression', 'Recipient');
  return page('Unsubscribed', `<p>${escapeHtml(email)} will get no more of this.</p>`);
}
