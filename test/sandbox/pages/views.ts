import { renderDelivered, renderFor, writeSource } from '../content/render.ts';
import { withoutPixel } from '../content/tracking.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import type { Answer } from './answer.ts';
import { framed } from './frame.ts';
import { html } from './html.ts';
import { listColumn } from './list.ts';
import { messagePane } from './message.ts';
import { readView } from './message-view.ts';
import { preview } from './preview.ts';
import { readListView } from './search.ts';

/** The list alone. */
export function overview(provider: Provider, query: URLSearchParams): string {
  const list = readListView(query);
  const note = provider.messages.count > 0 && html`<p class="empty">Choose a message.</p>`;
  return framed(
    provider,
    'mail',
    'Sent mail',
    html`<div class="columns">${listColumn(provider, list)}<main>${note}</main></div>`,
  );
}

/** The list, and one message beside it. */
export async function reading(
  provider: Provider,
  message: CapturedMessage,
  query: URLSearchParams,
): Promise<string> {
  const recipient = readRecipient(message, query);
  const list = readListView(query);
  const content = await renderFor(provider, message, message.recipients[recipient]);
  const view = readView(query.get('view'), content);
  const raw = view === 'raw' ? await writeSource(provider, message) : '';
  const shown = { message, recipient, content, raw, view, list };
  return framed(
    provider,
    'mail',
    message.subject || '(no subject)',
    html`<div class="columns reading">${listColumn(provider, list, message)}${messagePane(provider, shown)}</div>`,
  );
}

/** What the frame of a message shows; null when its body is no longer kept. */
export async function frameOf(
  provider: Provider,
  message: CapturedMessage,
  query: URLSearchParams,
): Promise<Answer | null> {
  const content = await renderDelivered(provider, message, message.recipients[readRecipient(message, query)]);
  return content && { frame: preview({ ...content, html: withoutPixel(content.html) }) };
}

/** A file that came with a message; null when there is none of this number, or it is no longer kept. */
export async function fileOf(
  provider: Provider,
  message: CapturedMessage,
  number: number,
): Promise<Answer | null> {
  const file = (await renderFor(provider, message))?.attachments[number];
  return file ? { file: file.content, name: file.name || 'unnamed' } : null;
}

function readRecipient({ recipients }: CapturedMessage, query: URLSearchParams): number {
  const index = Number(query.get('recipient') ?? 0);
  return recipients[index] === undefined ? 0 : index;
}
