import { bounceType } from '../../delivery/bounce-types.ts';
import { removeSuppression } from '../../delivery/suppress.ts';
import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { Bounce, BounceFilter } from '../../store/bounces.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { cut, type Query, readPage, readRange } from '../query.ts';
import type { Call } from '../routes.ts';
import { shownSince } from './retention.ts';
import { streamNotFound } from './streams.ts';

/** `GET /deliverystats` */
export function deliveryStats(provider: Provider): Answer {
  const bounces = provider.bounces.all();
  const kinds = new Map<string, { Type: string; Name: string; Count: number }>();
  for (const { type } of bounces) {
    const row = kinds.get(type.type) ?? { Type: type.type, Name: type.name, Count: 0 };
    row.Count += 1;
    kinds.set(type.type, row);
  }
  const inactive = bounces.filter(bounce => bounce.inactive);
  return ok({
    InactiveMails: new Set(inactive.map(({ stream, email }) => `${stream} ${email.toLowerCase()}`)).size,
    Bounces: [{ Name: 'All', Count: bounces.length }, ...kinds.values()],
  });
}

/** `GET /bounces`: newest first, the default stream when none is named. */
export function list(provider: Provider, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(1000, page);
  const filter = readFilter(query);
  if (typeof filter === 'string') return refuse(1000, filter);
  const stream = provider.streams.get(filter.stream ?? '');
  if (!stream) return streamNotFound();
  const since = shownSince(provider, filter.since);
  const found = provider.bounces.find({ ...filter, since, stream: stream.id });
  return ok({ TotalCount: found.length, Bounces: cut(found, page).map(bounce => showRow(provider, bounce)) });
}

/** `GET /bounces/{id}` */
export function one(provider: Provider, { params }: Call): Answer {
  const bounce = find(provider, params[0]);
  return bounce ? ok(showWhole(provider, bounce)) : notFound();
}

/** `GET /bounces/{id}/dump`: empty once it is no longer kept. */
export function dump(provider: Provider, { params }: Call): Answer {
  const bounce = find(provider, params[0]);
  return bounce ? ok({ Body: hasDump(provider, bounce) ? bounce.content : '' }) : notFound();
}

/** `PUT /bounces/{id}/activate`: the address may be mailed again; the row stays. */
export function activate(provider: Provider, { params }: Call): Answer {
  const bounce = find(provider, params[0]);
  if (!bounce) return notFound();
  const { reason } = provider.suppressions.get(bounce.stream, bounce.email) ?? {};
  if (!bounce.canActivate || reason === 'SpamComplaint')
    return refuse(1003, 'This bounce cannot be reactivated.');
  removeSuppression(provider, bounce.stream, bounce.email);
  return ok({ Message: 'OK', Bounce: showWhole(provider, bounce) });
}

/** A path without its id. */
export function idMissing(): Answer {
  return refuse(1002, 'The ID of a bounce is required.', 400);
}

function readFilter(query: Query): BounceFilter | string {
  const range = readRange(query);
  if (typeof range === 'string') return range;
  const wanted = query.text('type');
  const type = wanted === undefined ? undefined : bounceType(wanted);
  if (wanted !== undefined && !type) return `The bounce type '${wanted}' does not exist.`;
  const inactive = query.flag('inactive');
  if (inactive === null) return "The 'inactive' parameter must be true or false.";
  return {
    ...range,
    stream: query.text('messagestream') ?? 'outbound',
    type: type?.type,
    inactive,
    email: query.text('emailFilter'),
    tag: query.text('tag'),
    messageId: query.text('messageID'),
  };
}

function find(provider: Provider, id = ''): Bounce | undefined {
  const bounce = /^\d{1,15}$/.test(id) ? provider.bounces.get(Number(id)) : undefined;
  return bounce && bounce.bouncedAt >= shownSince(provider) ? bounce : undefined;
}

/** What came back is kept for 30 days. */
function hasDump({ clock }: Provider, { bouncedAt, content }: Bounce): boolean {
  return content !== '' && clock.now() - bouncedAt < 30 * 86_400_000;
}

function notFound(): Answer {
  return refuse(1001, 'The bounce you requested was not found.');
}

function showRow(provider: Provider, bounce: Bounce): Record<string, unknown> {
  const { type } = bounce;
  return {
    RecordType: 'Bounce',
    ID: bounce.id,
    Type: type.type,
    TypeCode: type.code,
    Name: type.name,
    Tag: bounce.tag,
    MessageID: bounce.messageId,
    ServerID: provider.server.ID,
    MessageStream: bounce.stream,
    Description: type.description,
    Details: bounce.details,
    Email: bounce.email,
    // A complaint does not say who sent the message.
    ...(type.type === 'SpamComplaint' ? {} : { From: bounce.from }),
    BouncedAt: stamp(bounce.bouncedAt),
    DumpAvailable: hasDump(provider, bounce),
    Inactive: bounce.inactive,
    CanActivate: bounce.canActivate,
    Subject: bounce.subject,
  };
}

function showWhole(provider: Provider, bounce: Bounce): Record<string, unknown> {
  return { ...showRow(provider, bounce), Content: bounce.content };
}
