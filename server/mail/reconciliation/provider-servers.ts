import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Provider } from '../providers/provider.ts';
import { audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { acceptServerId, knownServerId } from './provider-servers-store.ts';

/** Why a provider's lists may lift nothing: they are those of another server than before. Null when they may. */
export async function whyNothingIsLifted(
  { db, now, log }: MailContext,
  { key, name, server }: Provider,
): Promise<string | null> {
  if (!server) return null;
  try {
    const id = await server.id();
    const known = await knownServerId(db, key, id, now());
    return known === id
      ? null
      : `${name} is now server ${id}; its lists were those of server ${known}. If that is right, accept it: postlane suppressions accept-server ${key}.`;
  } catch (err) {
    log.warn({ err, provider: key }, 'the provider did not say which server its lists are from');
    return `${name} did not say which server its lists are from.`;
  }
}

/** What became of an acceptance: the server's id now, and the one before; null when there was none. */
export interface AcceptedServer {
  now: string;
  before: string | null;
}

/** See `Reconciliations.acceptServer`. */
export async function acceptServer(
  context: MailContext,
  key: string,
  options: ChangeOptions,
): Promise<AcceptedServer> {
  const { db, now, providers } = context;
  const provider = providers.find(key);
  if (!provider?.server)
    throw new MailError(
      'invalid-input',
      `There is no provider ${key} that has a server of its own.`,
      'provider',
    );
  const id = await provider.server.id().catch(() => {
    throw new MailError('wrong-state', `${provider.name} could not be reached. Try again.`, 'provider');
  });
  const change = { scope: 'suppression.accept-server', request: { key, id }, options };
  return changeOnce(
    { db, now },
    change,
    async trx => {
      const at = now();
      const before = await acceptServerId(trx, key, id, { by: options.by ?? null, at });
      const subject = `suppression:server=${key}`;
      await audited(trx, options, { action: 'suppression.accept-server', subject, before, after: id, at });
      return { now: id, before };
    },
    async (_, accepted) => accepted,
  );
}
