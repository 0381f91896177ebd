import type { Provider } from '../state/provider.ts';
import type { CapturedMessage, MessageEvent } from '../store/messages.ts';
import { type Html, html } from './html.ts';
import { type ListView, PAGE_SIZE, search, writeListView } from './search.ts';
import { shortTime } from './times.ts';

/** The column of captured mail: a search box, one page of what was found, and the way to older mail. */
export function listColumn(provider: Provider, view: ListView, chosen?: CapturedMessage): Html {
  const { messages, total } = search(provider, view);
  const now = provider.clock.now();
  return html`<div class="list">
<form class="search" action="/" role="search">
  <input type="search" name="q" value="${view.words}" placeholder="Search sent mail" aria-label="Search sent mail">
  <button>Search</button>
</form>
<a class="news" href="/" role="status" hidden></a>
${messages.length === 0 && emptyList(view.words)}
<ol>${messages.map(message => row(message, view, message === chosen, now))}</ol>
${pager(view, total)}
</div>`;
}

/** A bounce if there was one, else the last thing that happened to a message, with the tone of the news. */
export function badge(message: CapturedMessage): Html {
  const event = message.events.findLast(({ type }) => type === 'Bounced') ?? message.events.at(-1);
  if (message.refused) return html`<span class="badge bad">Refused</span>`;
  return html`<span class="badge ${event ? TONES[event.type] : ''}">${event ? NAMES[event.type] : message.status}</span>`;
}

export const NAMES: Readonly<Record<MessageEvent['type'], string>> = {
  Delivered: 'Delivered',
  Transient: 'Delayed',
  Opened: 'Opened',
  LinkClicked: 'Clicked',
  Bounced: 'Bounced',
  SubscriptionChanged: 'Suppressed',
};

const TONES: Readonly<Record<MessageEvent['type'], string>> = {
  Delivered: 'good',
  Transient: '',
  Opened: 'note',
  LinkClicked: 'note',
  Bounced: 'bad',
  SubscriptionChanged: 'bad',
};

function row(message: CapturedMessage, view: ListView, isChosen: boolean, now: number): Html {
  const { id, subject, recipients, receivedAt } = message;
  return html`<li><a href="/sandbox/messages/${id}${writeListView(view)}"${isChosen && html` class="chosen" aria-current="true"`}>
<span class="subject">${subject || '(no subject)'}</span> ${shortTime(receivedAt, now)}
<span class="who">${recipients.join(', ') || 'nobody'}</span> <span class="state">${badge(message)}</span>
</a></li>`;
}

function emptyList(words: string): Html {
  return words === ''
    ? html`<p class="empty">No mail yet. What is sent to this sandbox over REST or SMTP appears here.</p>`
    : html`<p class="empty">Nothing fits “${words}”.</p>`;
}

function pager(view: ListView, total: number): Html | false {
  const hasOlder = (view.page + 1) * PAGE_SIZE < total;
  if (view.page === 0 && !hasOlder) return false;
  return html`<nav class="pages" aria-label="Pages">
${view.page > 0 ? html`<a href="/${writeListView({ ...view, page: view.page - 1 })}">Newer</a>` : html`<span></span>`}
${hasOlder && html`<a href="/${writeListView({ ...view, page: view.page + 1 })}">Older</a>`}
</nav>`;
}
