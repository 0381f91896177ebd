import type { Visitor } from '../../delivery/visitors.ts';
import type { Provider } from '../../state/provider.ts';
import type { TrackingEvent, TrackingEventStore } from '../../store/tracking-events.ts';
import { showClick, showOpen } from '../../webhooks/payloads.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { cut, type Query, readPage } from '../query.ts';
import type { Call } from '../routes.ts';
import { shownSince } from './retention.ts';
import { streamNotFound } from './streams.ts';

/** What a listing can be narrowed by, as it stands in a visitor. */
const VISITOR_FILTERS: readonly [name: string, read: (visitor: Visitor) => string][] = [
  ['client_name', ({ client }) => client.Name],
  ['client_company', ({ client }) => client.Company],
  ['client_family', ({ client }) => client.Family],
  ['os_name', ({ os }) => os.Name],
  ['os_family', ({ os }) => os.Family],
  ['os_company', ({ os }) => os.Company],
  ['platform', ({ platform }) => platform],
  ['country', ({ geo }) => geo.Country ?? ''],
  ['region', ({ geo }) => geo.Region ?? ''],
  ['city', ({ geo }) => geo.City ?? ''],
];

/** `GET /messages/outbound/opens` */
export function opens(provider: Provider, call: Call): Answer {
  return list(provider, call, provider.opens, 'Opens', showOpen);
}

/** `GET /messages/outbound/clicks` */
export function clicks(provider: Provider, call: Call): Answer {
  return list(provider, call, provider.clicks, 'Clicks', showClick);
}

/** `GET /messages/outbound/opens/{id}`: only the first open of each recipient is kept. */
export function opensOf(provider: Provider, call: Call): Answer {
  return listOf(provider, call, provider.opens, 'Opens', showOpen);
}

/** `GET /messages/outbound/clicks/{id}` */
export function clicksOf(provider: Provider, call: Call): Answer {
  return listOf(provider, call, provider.clicks, 'Clicks', showClick);
}

type Show = (event: TrackingEvent) => Record<string, unknown>;

function list(
  provider: Provider,
  { query }: Call,
  store: TrackingEventStore,
  key: string,
  show: Show,
): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(700, page);
  const stream = provider.streams.get(query.text('messagestream') ?? 'outbound');
  if (!stream) return streamNotFound();
  const found = store.find({
    since: shownSince(provider),
    stream: stream.id,
    recipient: query.text('recipient'),
    tag: query.text('tag'),
    visitor: readVisitorFilter(query),
  });
  return ok({ TotalCount: found.length, [key]: cut(found, page).map(show) });
}

function listOf(
  provider: Provider,
  { params, query }: Call,
  store: TrackingEventStore,
  key: string,
  show: Show,
): Answer {
  const page = readPage(query, { count: 500, offset: 0 });
  if (typeof page === 'string') return refuse(700, page);
  const message = provider.messages.get(params[0] ?? '');
  if (!message) return refuse(701, 'This message was not found.');
  const found = store.find({ messageId: message.id, since: shownSince(provider) });
  return ok({ TotalCount: found.length, [key]: cut(found, page).map(show) });
}

function readVisitorFilter(query: Query): [(visitor: Visitor) => string, string][] {
  return VISITOR_FILTERS.flatMap(([name, read]): [(visitor: Visitor) => string, string][] => {
    const wanted = query.text(name);
    return wanted === undefined ? [] : [[read, wanted]];
  });
}
