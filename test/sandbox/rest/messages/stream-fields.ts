import type { Provider } from '../../state/provider.ts';
import type { Stream, StreamType, UnsubscribeHandling } from '../../store/streams.ts';
import { type Answer, refuse } from '../answer.ts';
import { asOption, Fields } from '../fields.ts';

const HANDLINGS = ['None', 'Postmark', 'Custom'] as const;
/** Which ids are reserved is not documented; this one would collide with the filter of the same name. */
const RESERVED = ['all'];

/** What is wrong with the id, name and type of a new stream; null when nothing is. */
export function newStreamFault(
  provider: Provider,
  id: string,
  name: string,
  type: StreamType | null,
): Answer | null {
  if (id === '') return refuse(1222, "The 'ID' of a message stream is required.");
  if (id.toLowerCase().startsWith('pm-'))
    return refuse(1233, "The 'ID' of a message stream must not start with 'pm-'.");
  if (!/^[a-z][a-z0-9_-]{0,29}$/.test(id)) {
    const rule = 'a lower-case letter, then up to 29 lower-case letters, digits, hyphens and underscores';
    return refuse(1227, `The 'ID' of a message stream is ${rule}.`);
  }
  if (RESERVED.includes(id)) return refuse(1237, `The 'ID' '${id}' is reserved.`);
  if (provider.streams.get(id)) return refuse(1230, `A message stream with the 'ID' '${id}' exists already.`);
  if (name === '') return refuse(1223, "The 'Name' of a message stream is required.");
  if (type === null) return refuse(1221, "The 'MessageStreamType' must be Transactional or Broadcasts.");
  return type === 'Inbound' ? refuse(1228, 'A server has exactly one inbound stream.') : null;
}

type Changes = Partial<Pick<Stream, 'name' | 'description' | 'unsubscribeHandling'>>;

/** What a request changes about a stream, or the refusal of it. */
export function readStreamChanges(provider: Provider, fields: Fields, type: StreamType): Changes | Answer {
  const name = fields.text('Name');
  const description = fields.text('Description');
  const configuration = fields.object('SubscriptionManagementConfiguration');
  if (fields.fault) return fields.fault;
  if (name === '') return refuse(1223, "The 'Name' of a message stream is required.");
  if ((name?.length ?? 0) > 100)
    return refuse(1224, "The 'Name' of a message stream is limited to 100 characters.");
  if ((description?.length ?? 0) > 1000)
    return refuse(1231, "The 'Description' is limited to 1000 characters.");
  if (/<[a-z!/]/i.test(description ?? '')) return refuse(1234, "The 'Description' must not contain HTML.");
  const changes: Changes = {};
  if (name !== undefined) changes.name = name;
  if (description !== undefined) changes.description = description;
  if (!configuration) return changes;
  const handling = asOption(HANDLINGS, new Fields(configuration).text('UnsubscribeHandlingType'));
  const fault = handlingFault(provider, handling, type);
  return fault ?? (handling ? { ...changes, unsubscribeHandling: handling } : changes);
}

function handlingFault(
  { settings }: Provider,
  handling: UnsubscribeHandling | null,
  type: StreamType,
): Answer | null {
  if (handling === null)
    return refuse(1240, `The 'UnsubscribeHandlingType' must be one of ${HANDLINGS.join(', ')}.`);
  if (handling === 'Custom' && !settings.approvals.customUnsubscribe) {
    return refuse(1238, "This account may not use the unsubscribe handling 'Custom'.");
  }
  const fits = type === 'Broadcasts' ? handling !== 'None' : handling === 'None';
  return fits
    ? null
    : refuse(1239, `The unsubscribe handling '${handling}' is not supported for this stream's type.`);
}
