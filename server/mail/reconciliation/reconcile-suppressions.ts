import { isFaultOfRow } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { type Received, receive } from '../events/receive.ts';
import { readSuppression, suppressionsOf } from '../people/suppressions-store.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ListedSuppression, ProviderLists } from '../providers/provider.ts';
import { addressKey } from '../shared/address.ts';
import { type Differences, noDifferences } from './reconciliations-store.ts';

/** A provider's lists, and the key its facts go by. */
export interface Source {
  provider: string;
  lists: ProviderLists;
}

/** The provider's list runs behind its webhooks, and they behind the fact: what is younger waits for the next run. */
const unsettledMs = 2 * 3_600_000;

/** The provider's list is the authority on whom it will not mail; what was entered here stays ours. */
export async function reconcileSuppressions(
  context: MailContext,
  source: Source,
  stream: string,
  at: Date,
): Promise<Differences> {
  const { provider, lists } = source;
  const found = noDifferences();
  const listed = await lists.suppressions(stream);
  const missing = new Map(listed.map(one => [addressKey(one.address), one]));
  const settledBy = new Date(at.getTime() - unsettledMs);

  found.seen = listed.length;
  for await (const { address, origin, changedAt } of suppressionsOf(context.db, stream)) {
    const isListed = missing.delete(address);
    if (isListed || origin === 'Operator' || changedAt >= settledBy) continue;
    if (await receiveListed(context, provider, lists.reactivation(stream, address, at), found))
      found.repaired += 1;
  }
  for (const one of missing.values()) await add(context, source, stream, one, { at, settledBy, found });
  return found;
}

/** One that we do not have, or believed to be lifted since: it is still listed, so the provider has the last word. */
async function add(
  context: MailContext,
  { provider, lists }: Source,
  stream: string,
  listed: ListedSuppression,
  { at, settledBy, found }: { at: Date; settledBy: Date; found: Differences },
): Promise<void> {
  const lifted = await readSuppression(context.db, stream, listed.address);
  const isOverruled = lifted !== null && lifted.changedAt >= listed.since;
  if (isOverruled && lifted.changedAt >= settledBy) return;
  const event = lists.suppression(stream, listed, isOverruled ? at : listed.since);
  if (!event) {
    found.unreadable += 1;
    return;
  }
  if (await receiveListed(context, provider, event, found)) found.repaired += 1;
}

/** A fact from a list; one that cannot be stored is counted among the unreadable, and null is its result. */
export async function receiveListed(
  context: MailContext,
  provider: string,
  event: ProviderEvent,
  found: Differences,
): Promise<Received['result'] | null> {
  try {
    return (await receive(context, provider, event, 'reconciliation')).result;
  } catch (error) {
    if (!isFaultOfRow(error)) throw error;
    context.log.error({ err: error, provider, kind: event.kind }, 'a fact from a provider cannot be stored');
    found.unreadable += 1;
    return null;
  }
}
