import type { Provider } from '../state/provider.ts';
import type { InboundMessage } from '../store/inbound.ts';
import { type Html, html } from './html.ts';
import { longTime } from './times.ts';

const MOST_SHOWN = 100;
const TONES: Readonly<Record<InboundMessage['status'], string>> = {
  Queued: '',
  Scheduled: 'note',
  Processed: 'good',
  Failed: 'bad',
  Blocked: 'bad',
};

/** Mail that came in, and a form to write some. */
export function inboundPage({ inbound, server }: Provider): Html {
  const messages = inbound.find({}).slice(0, MOST_SHOWN);
  return html`<main>
<h1>Inbound mail</h1>
<p>Goes to ${server.InboundHookUrl === '' ? 'nobody: no inbound webhook is set' : new URL(server.InboundHookUrl).host}.</p>
<details${messages.length === 0 && html` open`}><summary>Write to ${server.InboundAddress}</summary>
<form class="sheet" method="post" action="/sandbox/inbound">
<label>From <input name="from" required value="Ada <ada@mail.example>"></label>
<label>To <input name="to" required value="${server.InboundAddress}"></label>
<label>Subject <input name="subject"></label>
<label>Text <textarea name="text" rows="5"></textarea></label>
<button class="main">Send</button>
</form></details>
${messages.length === 0 ? html`<p class="empty">Nobody has written yet.</p>` : html`<ol class="cards">${messages.map(card)}</ol>`}
</main>`;
}

function card(message: InboundMessage): Html {
  const { receivedAt, from, originalRecipient, subject, text, status, blockedReason } = message;
  return html`<li><details><summary>${subject || '(no subject)'} <span class="badge ${TONES[status]}">${status}</span>
<span class="aside">${from.Email} · ${longTime(receivedAt)}</span></summary>
<dl><dt>From</dt><dd>${from.Name} ${from.Email}</dd><dt>For</dt><dd>${originalRecipient}</dd>
${blockedReason !== '' && html`<dt>Blocked</dt><dd>${blockedReason}</dd>`}</dl>
<pre>${text || '(no text)'}</pre></details></li>`;
}
