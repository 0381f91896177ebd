import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { MalformedEvent, type PostedText, type ProviderEvent } from '../providers/event.ts';
import type { Provider } from '../providers/provider.ts';
import { serverIds } from '../reconciliation/provider-servers-store.ts';
import { readAtMostEvery } from '../shared/read-at-most-every.ts';
import { transportOfAttempt } from './matching-store.ts';
import type { Received } from './receive.ts';
import type { Receiver } from './receiver.ts';

/** Takes what a provider posted, see `Mail.receive`. */
export type Intake = (provider: string, payload: unknown) => Promise<Received>;

/** See {@link Intake}. What it warns of it says once in a process. */
export function createIntake(context: MailContext, receiver: Receiver): Intake {
  const { providers, now, log } = context;
  const warned = new Set<string>();
  const warnOnce = (text: string, about: Record<string, string> = {}): void => {
    const key = JSON.stringify([text, about]);
    if (!warned.has(key)) log.warn(about, text);
    warned.add(key);
  };

  const servers = readAtMostEvery(serversEveryMs, () => serverIds(context.db));

  return async (key, payload) => {
    if (typeof key !== 'string') throw new MailError('invalid-input', 'provider must be a text.', 'provider');
    const provider = providers.find(key);
    if (!provider?.events)
      throw new MailError('invalid-input', `Nothing comes from ${key} here.`, 'provider');
    const posted = textOf(payload);
    if (posted.isReprinted) warnOnce(reprinted);
    const event = provider.events.read(posted, now());
    if (event.kind === 'inbound') warnOnce(inbound, { provider: key });
    const owner = await ownerOf(context, provider, event, servers.get);
    if (!owner?.events) return receiver.add({ provider: key, event, source: 'webhook' });
    warnOnce(wrongPath, { postedTo: key, provider: owner.key });
    const theirs = owner.events.read(posted, now());
    return receiver.add({ provider: owner.key, event: theirs, source: 'webhook' });
  };
}

const reprinted =
  'a parser of the host read an event before Postlane: what is kept of events is printed again, not as posted. Mount publicRouter before express.json()';
const inbound = 'a mail that came in was posted where events are: it is kept, and has no effect';
const wrongPath =
  'an event was posted to the path of another server: it is taken for the server that it is about';

function textOf(payload: unknown): PostedText {
  if (typeof payload === 'string') return { text: payload };
  if (payload instanceof Uint8Array)
    return { text: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString() };
  const text = printed(payload);
  if (text === undefined) throw new MalformedEvent('The body is not JSON.');
  return { text, isReprinted: true };
}

/** Anything may be thrown by the payload's own getters. */
function printed(payload: unknown): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch {
    throw new MailError('invalid-input', 'payload cannot be read.', 'payload');
  }
}

/** In ms. Which server is which changes once in years, and every event asks. */
const serversEveryMs = 10_000;

/** The provider that an event is about, where that is another than it was posted for: by its server, else by its message. */
async function ownerOf(
  { db, providers }: MailContext,
  provider: Provider,
  event: ProviderEvent,
  servers: () => Promise<Map<string, string>>,
): Promise<Provider | undefined> {
  const others = providers.all.filter(one => one !== provider && one.events);
  if (others.length === 0) return undefined;
  const ids = event.serverId === undefined ? new Map() : await servers();
  if (ids.get(provider.key) === event.serverId && ids.size > 0) return undefined;
  const server = ids.has(provider.key) && others.find(({ key }) => ids.get(key) === event.serverId);
  if (server) return server;
  const transport = await transportOfAttempt(db, event);
  return others.find(({ transports }) => transports.some(({ name }) => name === transport));
}
