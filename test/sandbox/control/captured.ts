import { renderDelivered } from '../content/render.ts';
import type { Provider } from '../state/provider.ts';
import { stamp } from '../state/timestamps.ts';
import type { CapturedMessage } from '../store/messages.ts';

const USUAL_COUNT = 100;
const MOST = 1000;

/** Captured mail as its recipients find it, newest first. Narrowed by recipient, subject, tag, stream, and `count`. */
export async function showCaptured(provider: Provider, query: URLSearchParams): Promise<unknown[]> {
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const found = provider.messages.find({
    recipient: text('recipient'),
    subject: text('subject'),
    tag: text('tag'),
    stream: text('stream'),
  });
  const count = Math.min(Number(query.get('count')) || USUAL_COUNT, MOST);
  return Promise.all(found.slice(0, count).map(message => show(provider, message)));
}

async function show(provider: Provider, message: CapturedMessage): Promise<unknown> {
  const content = await renderDelivered(provider, message);
  return {
    id: message.id,
    receivedAt: stamp(message.receivedAt),
    via: message.via,
    stream: message.stream,
    from: message.from,
    recipients: message.recipients,
    subject: message.subject,
    tag: message.tag,
    metadata: message.metadata,
    html: content?.html ?? '',
    text: content?.text ?? '',
    headers: content?.headers ?? [],
    attachments: message.attachments,
    events: message.events.map(({ recipient, type, at }) => ({ recipient, type, at: stamp(at) })),
  };
}
