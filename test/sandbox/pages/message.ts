import type { Content } from '../contents.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { stamp } from '../timestamps.ts';
import { escapeHtml, page } from './html.ts';
import { stateOf } from './list.ts';

/** One message as its first recipient finds it. The HTML part runs no script and loads nothing from this origin. */
export function messagePage(message: CapturedMessage, content: Content | null): string {
  const facts: [string, string][] = [
    ['From', message.from],
    ['To', message.recipients.join(', ')],
    ['Stream', message.stream],
    ['State', stateOf(message)],
    ['Received', stamp(message.receivedAt)],
    ['MessageID', message.id],
    ['Tag', message.tag],
    ['Metadata', JSON.stringify(message.metadata)],
  ];
  const table = facts
    .map(([name, value]) => `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`)
    .join('');
  return page(message.subject || '(no subject)', `<table>${table}</table>${bodyOf(content)}`);
}

function bodyOf(content: Content | null): string {
  if (!content) return '<p>The body is no longer kept.</p>';
  const headers = content.headers.map(({ Name, Value }) => `${Name}: ${Value}`).join('\n');
  const files = content.attachments
    .map(file => `<li>${escapeHtml(file.name)} (${file.content.length} bytes)</li>`)
    .join('');
  return [
    content.html === ''
      ? ''
      : `<h2>HTML</h2><iframe sandbox="" title="HTML part" srcdoc="${escapeHtml(content.html)}"></iframe>`,
    content.text === '' ? '' : `<h2>Text</h2><pre>${escapeHtml(content.text)}</pre>`,
    files === '' ? '' : `<h2>Attachments</h2><ul>${files}</ul>`,
    `<h2>Headers</h2><pre>${escapeHtml(headers)}</pre>`,
  ].join('');
}
