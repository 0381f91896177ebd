import { BOUNCE_TYPES } from '../delivery/bounce-types.ts';
import type { Provider } from '../state/provider.ts';
import { type Html, html } from './html.ts';
import { linksIn } from './links.ts';
import type { MessageView } from './message-view.ts';
import { writeListView } from './search.ts';

/** What can happen to a message in the world outside, as buttons. */
export function actionForms({ suppressions }: Provider, shown: MessageView): Html {
  const { message, recipient, content } = shown;
  const email = message.recipients[recipient] ?? '';
  const isSuppressed = suppressions.get(message.stream, email) !== undefined;
  return html`<div class="actions">
${recipientChoice(shown)}
${actionForm(shown, 'open', html`<button>Open</button>`)}
${actionForm(shown, 'click', html`${linkChoice(content ? linksIn(content) : [])}<button>Click</button>`)}
${actionForm(shown, 'bounce', html`${bounceChoice()}<button>Bounce</button>`)}
${actionForm(shown, 'complain', html`<button>Complain</button>`)}
${actionForm(shown, 'unsubscribe', html`<button>Unsubscribe</button>`)}
${isSuppressed && html`<span class="badge bad">suppressed on ${message.stream}</span>`}
${isSuppressed && actionForm(shown, 'reactivate', html`<button>Reactivate</button>`)}
</div>
<details><summary>Reply</summary>${actionForm(
    shown,
    'reply',
    html`<textarea name="text" rows="4" required aria-label="Reply as ${email}"></textarea><button class="main">Reply as ${email}</button>`,
  )}</details>`;
}

function actionForm({ message, recipient, view, list }: MessageView, name: string, fields: Html): Html {
  return html`<form method="post" action="/sandbox/messages/${message.id}/${name}${writeListView(list, { view })}">
<input type="hidden" name="recipient" value="${recipient}">${fields}</form>`;
}

function recipientChoice({ message, recipient, view }: MessageView): Html | false {
  if (message.recipients.length < 2) return false;
  return html`<form action="/sandbox/messages/${message.id}"><input type="hidden" name="view" value="${view}">
<select name="recipient" aria-label="Recipient">${message.recipients.map(
    (email, i) => html`<option value="${i}"${i === recipient && html` selected`}>${email}</option>`,
  )}</select><button>Show</button></form>`;
}

function linkChoice(links: readonly string[]): Html | false {
  if (links.length === 0) return false;
  return html`<select name="link" aria-label="Link">${links.map(link => html`<option>${link}</option>`)}</select>`;
}

function bounceChoice(): Html {
  const types = BOUNCE_TYPES.filter(({ type }) => type !== 'SpamComplaint');
  return html`<select name="type" aria-label="Kind of bounce">${types.map(({ type }) => html`<option>${type}</option>`)}</select>`;
}
