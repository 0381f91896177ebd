import type { Provider } from '../provider.ts';
import { SERVER_ID } from '../server-object.ts';
import type { Stream } from '../store/streams.ts';
import { stamp } from '../timestamps.ts';
import { type Answer, ok, refuse } from './answer.ts';
import type { Call } from './routes.ts';

const TYPES = ['All', 'Transactional', 'Inbound', 'Broadcasts'];

/** `GET /message-streams` */
export function list(provider: Provider, { query }: Call): Answer {
  const wanted = query.text('MessageStreamType') ?? 'All';
  const type = TYPES.find(name => name.toLowerCase() === wanted.toLowerCase());
  if (!type) return refuse(1221, `The message stream type '${wanted}' does not exist.`);
  const streams = provider.streams.list().filter(stream => type === 'All' || stream.type === type);
  return ok({ MessageStreams: streams.map(show), TotalCount: streams.length });
}

/** `GET /message-streams/{id}` */
export function one(provider: Provider, { params }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  return stream ? ok(show(stream)) : streamNotFound();
}

export function streamNotFound(): Answer {
  return refuse(1226, "The message stream for the provided 'ID' was not found.");
}

function show(stream: Stream): Record<string, unknown> {
  return {
    ID: stream.id,
    ServerID: SERVER_ID,
    Name: stream.name,
    Description: stream.description,
    MessageStreamType: stream.type,
    CreatedAt: stamp(stream.createdAt),
    UpdatedAt: null,
    ArchivedAt: null,
    ExpectedPurgeDate: null,
    SubscriptionManagementConfiguration: { UnsubscribeHandlingType: stream.unsubscribeHandling },
  };
}
