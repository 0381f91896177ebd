import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { MailError } from '../error.ts';
import type { Provider } from '../providers/provider.ts';
import type { Log } from '../shared/log.ts';
import { withTimeout } from '../shared/time.ts';
import type { KnownServer, LiveInstance } from './instances-store.ts';

type Servers = Record<string, KnownServer>;

/** A start waits no longer for a provider to say which server a token belongs to, in ms. */
const patienceMs = 5_000;

/** The servers of these providers, as another process can know them again. */
export function knownServers(providers: readonly Provider[]): Servers {
  const servers = providers.flatMap(({ key, server }) => (server ? [[key, known(server.token)]] : []));
  return Object.fromEntries(servers);
}

function known(token: string): KnownServer {
  const key = randomBytes(32).toString('base64url');
  return { key, tokenHash: hashOf(key, token), id: null };
}

/**
 * Refuses one name for two servers: messages of one would be searched for at the other, and its events and lists taken for
 * the other's. Another token may be a new one of the same server; only the provider can tell, and where it cannot be
 * asked nothing is refused. Throws `configuration`.
 */
export async function refuseOtherServers(
  providers: readonly Provider[],
  servers: Servers,
  live: readonly LiveInstance[],
  log: Log,
): Promise<void> {
  for (const { key, server } of providers) {
    const ours = servers[key];
    if (!server || !ours) continue;
    const others = live.filter(one => one.servers[key] && !isTokenOf(one.servers[key], server.token));
    if (others.length === 0) continue;
    ours.id ??= await askId(server);
    for (const other of others) {
      const theirs = other.servers[key]?.id ?? null;
      if (ours.id !== null && theirs !== null && ours.id !== theirs)
        throw twoServers(key, ours.id, theirs, other);
      if (ours.id !== null && theirs !== null) continue;
      log.warn(
        { server: key, host: other.host, pid: other.pid },
        'another process has another token for this server, and the provider did not say whether they belong to the same one',
      );
    }
  }
}

/** Asks for the ids that are not known yet; what cannot be asked stays unknown. */
export async function askForIds(providers: readonly Provider[], servers: Servers): Promise<void> {
  for (const { key, server } of providers) {
    const ours = servers[key];
    if (server && ours) ours.id ??= await askId(server);
  }
}

async function askId(server: NonNullable<Provider['server']>): Promise<string | null> {
  try {
    return await withTimeout(server.id(), patienceMs);
  } catch {
    return null;
  }
}

function isTokenOf({ key, tokenHash }: KnownServer, token: string): boolean {
  const [ours, theirs] = [Buffer.from(hashOf(key, token)), Buffer.from(tokenHash)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

function hashOf(key: string, token: string): string {
  return createHmac('sha256', key).update(token).digest('base64url');
}

function twoServers(
  name: string,
  ours: string,
  theirs: string,
  { role, host, pid }: LiveInstance,
): MailError {
  return new MailError(
    'configuration',
    `The name ${name} means server ${ours} here and server ${theirs} in the ${role} on ${host} (process ${pid}), ` +
      'which is running. Give the new server a name of its own, or stop every process that uses the old one first.',
    'servers',
  );
}
