import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { Stream } from '../../store/streams.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { asOption, Fields, isObject } from '../fields.ts';
import type { Call } from '../routes.ts';
import { newStreamFault, readStreamChanges } from './stream-fields.ts';

const TYPES = ['All', 'Transactional', 'Inbound', 'Broadcasts'];
const MOST_STREAMS = 10;
const PURGE_MS = 45 * 86_400_000;

/** `GET /message-streams` */
export function list(provider: Provider, { query }: Call): Answer {
  const wanted = query.text('MessageStreamType') ?? 'All';
  const type = asOption(TYPES, wanted);
  if (!type) return refuse(1221, `The message stream type '${wanted}' does not exist.`);
  const withArchived = query.flag('IncludeArchivedStreams') ?? false;
  const streams = provider.streams
    .list()
    .filter(
      stream => (type === 'All' || stream.type === type) && (withArchived || stream.archivedAt === null),
    );
  return ok({ MessageStreams: streams.map(stream => show(provider, stream)), TotalCount: streams.length });
}

/** `GET /message-streams/{id}` */
export function one(provider: Provider, { params }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  return stream ? ok(show(provider, stream)) : streamNotFound();
}

/** `POST /message-streams` */
export function create(provider: Provider, { body }: Call): Answer {
  const fields = new Fields(isObject(body) ? body : {});
  const id = fields.text('ID') ?? '';
  const name = fields.text('Name') ?? '';
  const type = asOption(
    ['Transactional', 'Broadcasts', 'Inbound'] as const,
    fields.text('MessageStreamType'),
  );
  const fault = fields.fault ?? newStreamFault(provider, id, name, type);
  if (fault) return fault;
  if (type === null) return refuse(1221, "The 'MessageStreamType' must be Transactional or Broadcasts.");
  const changes = readStreamChanges(provider, fields, type);
  if ('status' in changes) return changes;
  // Archived streams count until they are purged; that they do is not documented.
  if (provider.streams.list().length >= MOST_STREAMS) {
    return refuse(1225, `A server may have no more than ${MOST_STREAMS} message streams.`);
  }
  const stream = provider.streams.add(provider.clock.now(), id, type, name);
  return ok(show(provider, Object.assign(stream, changes)));
}

/** `PATCH /message-streams/{id}` */
export function edit(provider: Provider, { params, body }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  if (!stream) return streamNotFound();
  const changes = readStreamChanges(provider, new Fields(isObject(body) ? body : {}), stream.type);
  if ('status' in changes) return changes;
  return ok(show(provider, Object.assign(stream, changes, { updatedAt: provider.clock.now() })));
}

/** `POST /message-streams/{id}/archive`: no mail goes over it any more, and after 45 days it is gone. */
export function archive(provider: Provider, { params }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  if (!stream) return streamNotFound();
  if (stream.isDefault && stream.type !== 'Broadcasts') {
    return refuse(1229, 'The default transactional and inbound streams cannot be archived.');
  }
  stream.archivedAt ??= provider.clock.now();
  const { ID, ServerID, ExpectedPurgeDate } = show(provider, stream);
  return ok({ ID, ServerID, ExpectedPurgeDate });
}

/** `POST /message-streams/{id}/unarchive`: until it is purged. */
export function unarchive(provider: Provider, { params }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  if (!stream) return streamNotFound();
  const isPurged = stream.archivedAt !== null && stream.archivedAt + PURGE_MS <= provider.clock.now();
  if (isPurged) return refuse(1232, 'The message stream cannot be unarchived any more.');
  stream.archivedAt = null;
  return ok(show(provider, stream));
}

export function streamNotFound(): Answer {
  return refuse(1226, "The message stream for the provided 'ID' was not found.");
}

function show(provider: Provider, stream: Stream): Record<string, unknown> {
  const { archivedAt, updatedAt } = stream;
  return {
    ID: stream.id,
    ServerID: provider.server.ID,
    Name: stream.name,
    Description: stream.description,
    MessageStreamType: stream.type,
    CreatedAt: stamp(stream.createdAt),
    UpdatedAt: updatedAt === null ? null : stamp(updatedAt),
    ArchivedAt: archivedAt === null ? null : stamp(archivedAt),
    ExpectedPurgeDate: archivedAt === null ? null : stamp(archivedAt + PURGE_MS),
    SubscriptionManagementConfiguration: { UnsubscribeHandlingType: stream.unsubscribeHandling },
  };
}
