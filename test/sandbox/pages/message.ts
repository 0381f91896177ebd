import type { Content } from '../content/content.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { actionForms } from './action-forms.ts';
import { current } from './frame.ts';
import { type Html, html } from './html.ts';
import { badge, NAMES } from './list.ts';
import { type MessageView, VIEWS, type View } from './message-view.ts';
import { writeListView } from './search.ts';
import { longTime } from './times.ts';

/** One message: what is known about it, what can happen to it, and its body. */
export function messagePane(provider: Provider, shown: MessageView): Html {
  const { message, list } = shown;
  return html`<main>
<a class="back" href="/${writeListView(list)}">All mail</a>
<h1>${message.subject || '(no subject)'}</h1>
${facts(shown)}
${message.recipients.length > 0 && !message.refused && actionForms(provider, shown)}
<nav class="views" aria-label="Views of this message">${(Object.keys(VIEWS) as View[]).map(
    view => html`<a href="${address(shown, view)}"${current(view === shown.view)}>${VIEWS[view]}</a>`,
  )}</nav>
${body(shown)}
</main>`;
}

function facts({ message, recipient }: MessageView): Html {
  const { from, to, cc, bcc, stream, via, tag, metadata, id, receivedAt } = message;
  const people = (list: CapturedMessage['to']): string =>
    list.map(({ Email, Name }) => (Name ? `${Name} <${Email}>` : Email)).join(', ');
  const rows: [string, string | Html][] = [
    ['From', from],
    ['To', people(to)],
    ['Cc', people(cc)],
    ['Bcc', people(bcc)],
    ['Shown for', message.recipients.length > 1 ? (message.recipients[recipient] ?? '') : ''],
    [
      'State',
      html`${badge(message)} <span class="badge">${stream}</span> <span class="badge">${via.toUpperCase()}</span>`,
    ],
    ['Received', longTime(receivedAt)],
    ['Tag', tag],
    [
      'Metadata',
      Object.entries(metadata)
        .map(([key, value]) => `${key}: ${value}`)
        .join(', '),
    ],
    ['MessageID', id],
  ];
  return html`<dl>${rows.map(([name, value]) => value !== '' && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function body({ message, content, raw, view, recipient }: MessageView): Html {
  if (view === 'events') return events(message);
  if (!content) return html`<p class="empty">The body is no longer kept: newer mail has taken its place.</p>`;
  if (view === 'raw') return html`<pre>${raw}</pre>`;
  if (view === 'headers') {
    return html`<table>${content.headers.map(({ Name, Value }) => html`<tr><th scope="row">${Name}</th><td>${Value}</td></tr>`)}</table>`;
  }
  const text = view === 'text' ? content.text : content.html;
  if (text === '')
    return html`<p class="empty">This message has no ${view === 'text' ? 'text' : 'HTML'} part.</p>`;
  return html`${view === 'text' ? html`<pre>${text}</pre>` : frameOf(message, recipient)}${files(message, content)}`;
}

/** No script runs in it, and it cannot touch this page; a link opens another tab. */
function frameOf({ id }: CapturedMessage, recipient: number): Html {
  return html`<iframe title="The HTML part" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/sandbox/messages/${id}/html?recipient=${recipient}"></iframe>`;
}

function files({ id }: CapturedMessage, { attachments }: Content): Html | false {
  if (attachments.length === 0) return false;
  return html`<h2>Attachments</h2><ul>${attachments.map(
    ({ name, contentType, content }, i) =>
      html`<li><a href="/sandbox/messages/${id}/files/${i}">${name || '(unnamed)'}</a> · ${contentType} · ${content.length.toLocaleString('en')} bytes</li>`,
  )}</ul>`;
}

function events({ events: steps }: CapturedMessage): Html {
  if (steps.length === 0) return html`<p class="empty">Nothing has happened to it yet.</p>`;
  return html`<div class="wide" role="region" aria-label="Events" tabindex="0"><table><tr><th>When</th><th>What</th><th>Whom</th><th>Details</th></tr>${steps.map(
    ({ at, type, recipient, details }) =>
      html`<tr><td>${longTime(at)}</td><td>${NAMES[type]}</td><td>${recipient}</td><td>${Object.values(details).join(' · ')}</td></tr>`,
  )}</table></div>`;
}

/** The address of another view of the same copy. */
function address({ message, recipient, list }: MessageView, view: View): string {
  const more = { view, ...(recipient > 0 && { recipient: String(recipient) }) };
  return `/sandbox/messages/${message.id}${writeListView(list, more)}`;
}
