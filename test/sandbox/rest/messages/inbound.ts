import { postInbound } from '../../inbound/receive.ts';
import type { Provider } from '../../state/provider.ts';
import type { InboundFilter, InboundMessage, InboundStatus } from '../../store/inbound.ts';
import { inboundFields } from '../../webhooks/inbound-payload.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { asOption } from '../fields.ts';
import { cut, type Query, readPage, readRange } from '../query.ts';
import type { Call } from '../routes.ts';
import { shownSince } from './retention.ts';

const STATUSES: readonly InboundStatus[] = ['Queued', 'Processed', 'Scheduled', 'Failed', 'Blocked'];

/** `GET /messages/inbound`: newest first; the processed ones when no status is named. */
export function search(provider: Provider, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(700, page);
  const filter = readFilter(query);
  if (typeof filter === 'string') return refuse(700, filter);
  const found = provider.inbound.find({ ...filter, since: shownSince(provider, filter.since) });
  return ok({ TotalCount: found.length, InboundMessages: cut(found, page).map(showRow) });
}

/** `GET /messages/inbound/{id}/details` */
export function details(provider: Provider, { params }: Call): Answer {
  const message = provider.inbound.get(params[0] ?? '');
  if (!message) return notFound();
  return ok({
    TextBody: message.text,
    HtmlBody: message.html,
    StrippedTextReply: message.strippedReply,
    Headers: message.headers,
    BlockedReason: message.blockedReason || null,
    ...showRow(message),
  });
}

/** `PUT /messages/inbound/{id}/bypass`: lets a blocked mail through. */
export function bypass(provider: Provider, { params }: Call): Answer {
  return repost(provider, params[0], ['Blocked'], 'Successfully bypassed rules for blocked inbound message');
}

/** `PUT /messages/inbound/{id}/retry`: posts a failed mail once more. */
export function retry(provider: Provider, { params }: Call): Answer {
  return repost(provider, params[0], ['Failed'], 'Successfully rescheduled failed message');
}

function repost(provider: Provider, id: string | undefined, from: InboundStatus[], text: string): Answer {
  const message = provider.inbound.get(id ?? '');
  if (!message || !from.includes(message.status)) return notFound();
  postInbound(provider, message);
  return ok({ ErrorCode: 0, Message: `${text} with MessageID '${message.id}'.` });
}

function readFilter(query: Query): InboundFilter | string {
  const range = readRange(query);
  if (typeof range === 'string') return range;
  const status = asOption(STATUSES, query.text('status') ?? 'Processed');
  if (!status) return "The 'status' parameter must be blocked, processed, queued, failed or scheduled.";
  return {
    ...range,
    status,
    recipient: query.text('recipient'),
    from: query.text('fromemail'),
    tag: query.text('tag'),
    subject: query.text('subject'),
    mailboxHash: query.text('mailboxhash'),
  };
}

/** Attachments without their content, which only the hook carries. */
function showRow(message: InboundMessage): Record<string, unknown> {
  return {
    ...inboundFields(message),
    Attachments: message.attachments.map(({ Content, ...rest }) => rest),
    Status: message.status,
    MessageStream: 'inbound',
  };
}

function notFound(): Answer {
  return refuse(701, 'This message was not found.');
}
