import { renderFor, writeSource } from '../../content/render.ts';
import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { CapturedMessage, MessageFilter } from '../../store/messages.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { cut, type Query, readPage, readRange } from '../query.ts';
import type { Call } from '../routes.ts';
import { shownSince } from './retention.ts';
import { streamNotFound } from './streams.ts';

/** `GET /messages/outbound`: newest first, the default stream when none is named. */
export function search(provider: Provider, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(700, page);
  const filter = readFilter(provider, query);
  if (typeof filter === 'string') return refuse(700, filter);
  const stream = provider.streams.get(filter.stream ?? '');
  if (!stream) return streamNotFound();
  const found = provider.messages.find({ ...filter, stream: stream.id });
  return ok({
    TotalCount: found.length,
    Messages: cut(found, page).map(message => showRow(provider, message)),
  });
}

/** `GET /messages/outbound/{id}/details` */
export async function details(provider: Provider, { params }: Call): Promise<Answer> {
  const message = visible(provider, params[0]);
  if (!message) return notFound();
  const content = await renderFor(provider, message);
  const body = await writeSource(provider, message);
  return ok({
    TextBody: stored(content?.text),
    HtmlBody: stored(content?.html),
    Body: stored(body),
    ...showRow(provider, message),
    MessageEvents: message.events.map(event => ({
      Recipient: event.recipient,
      Type: event.type,
      ReceivedAt: stamp(event.at),
      Details: event.details,
    })),
  });
}

const MOST_STORED = 1024 * 1024;

/** Of longer bodies Postmark keeps the first megabyte. */
function stored(body = ''): string {
  return body.length > MOST_STORED ? body.slice(0, MOST_STORED) : body;
}

/** `GET /messages/outbound/{id}/dump`: empty once the body is no longer kept. */
export async function dump(provider: Provider, { params }: Call): Promise<Answer> {
  const message = visible(provider, params[0]);
  return message ? ok({ Body: await writeSource(provider, message) }) : notFound();
}

function readFilter(provider: Provider, query: Query): MessageFilter | string {
  const range = readRange(query);
  if (typeof range === 'string') return range;
  const status = readStatus(query.text('status'));
  if (status === null) return "The 'status' parameter must be queued, sent or processed.";
  const newest = provider.clock.now() - provider.settings.searchLagMs;
  return {
    stream: query.text('messagestream') ?? 'outbound',
    recipient: query.text('recipient'),
    from: query.text('fromemail'),
    tag: query.text('tag'),
    subject: query.text('subject'),
    status,
    metadata: query.prefixed('metadata_'),
    since: shownSince(provider, range.since),
    until: Math.min(range.until ?? newest, newest),
  };
}

function readStatus(text: string | undefined): CapturedMessage['status'] | null | undefined {
  switch (text?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'queued':
      return 'Queued';
    case 'sent':
    case 'processed':
      return 'Sent';
    default:
      return null;
  }
}

function visible(provider: Provider, id = ''): CapturedMessage | undefined {
  const message = provider.messages.get(id);
  if (!message || message.receivedAt < shownSince(provider)) return undefined;
  return message.receivedAt <= provider.clock.now() - provider.settings.searchLagMs ? message : undefined;
}

function showRow(provider: Provider, message: CapturedMessage): Record<string, unknown> {
  return {
    Tag: message.tag,
    MessageID: message.id,
    MessageStream: message.stream,
    To: message.to,
    Cc: message.cc,
    Bcc: message.bcc,
    Recipients: message.recipients,
    ReceivedAt: stamp(message.receivedAt),
    From: message.from,
    Subject: message.subject,
    Attachments: message.attachments,
    Status: message.status,
    TrackOpens: message.trackOpens,
    TrackLinks: message.trackLinks,
    Metadata: message.metadata,
    Sandboxed: provider.server.DeliveryType === 'Sandbox',
  };
}

function notFound(): Answer {
  return refuse(701, 'This message was not found.');
}
