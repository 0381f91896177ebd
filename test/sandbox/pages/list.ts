import type { CapturedMessage } from '../store/messages.ts';
import { stamp } from '../timestamps.ts';
import { escapeHtml, page } from './html.ts';

const MOST_SHOWN = 100;

/** The newest captured messages, newest first. */
export function listPage(messages: readonly CapturedMessage[]): string {
  const rows = messages.slice(-MOST_SHOWN).reverse().map(row).join('');
  const head = '<tr><th>Received</th><th>Subject</th><th>To</th><th>Stream</th><th>State</th></tr>';
  const intro = `<p>${messages.length} messages captured, the newest ${Math.min(MOST_SHOWN, messages.length)} shown.</p>`;
  return page('Local Postmark', `${intro}<table>${head}${rows}</table>`);
}

/** The last thing that happened to the message. */
export function stateOf(message: CapturedMessage): string {
  return message.events.at(-1)?.type ?? message.status;
}

function row(message: CapturedMessage): string {
  const subject = message.subject || '(no subject)';
  const cells = [
    escapeHtml(stamp(message.receivedAt).slice(0, 19).replace('T', ' ')),
    `<a href="/sandbox/messages/${message.id}">${escapeHtml(subject)}</a>`,
    escapeHtml(message.recipients.join(', ')),
    escapeHtml(message.stream),
    escapeHtml(stateOf(message)),
  ];
  return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`;
}
