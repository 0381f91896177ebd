import type { MailContext } from '../context.ts';
import { receive } from '../events/receive.ts';
import { readSuppression, suppressionsOf } from '../people/suppressions-store.ts';
import type { ListedSuppression, ReconciliationSource } from '../providers/reconciliation-source.ts';
import { addressKey } from '../shared/address.ts';
import { type Differences, noDifferences } from './comparison.ts';

/** The provider's list runs behind its webhooks, and they behind the fact: what is younger waits for the next night. */
const unsettledMs = 2 * 3_600_000;

/** The provider's list is the authority on whom it will not mail; what was entered here stays ours. */
export async function reconcileSuppressions(
  context: MailContext,
  books: ReconciliationSource,
  stream: string,
  at: Date,
): Promise<Differences> {
  const tally = noDifferences();
  const listed = await books.suppressions(stream);
  const missing = new Map(listed.map(one => [addressKey(one.address), one]));
  const settledBy = new Date(at.getTime() - unsettledMs);

  tally.seen = listed.length;
  for await (const { address, origin, changedAt } of suppressionsOf(context.db, stream)) {
    const isListed = missing.delete(address);
    if (isListed || origin === 'Operator' || changedAt >= settledBy) continue;
    await receive(context, books.reactivation(stream, address, at), 'reconciliation');
    tally.repaired += 1;
  }
  for (const one of missing.values()) await take(context, books, stream, one, { at, settledBy, tally });
  return tally;
}

/** One that we do not have, or believed to be lifted since: it is still listed, so the provider has the last word. */
async function take(
  context: MailContext,
  books: ReconciliationSource,
  stream: string,
  listed: ListedSuppression,
  { at, settledBy, tally }: { at: Date; settledBy: Date; tally: Differences },
): Promise<void> {
  const lifted = await readSuppression(context.db, stream, listed.address);
  const isOverruled = lifted !== null && lifted.changedAt >= listed.since;
  if (isOverruled && lifted.changedAt >= settledBy) return;
  const event = books.suppression(stream, listed, isOverruled ? at : listed.since);
  if (!event) {
    tally.unreadable += 1;
    return;
  }
  await receive(context, event, 'reconciliation');
  tally.repaired += 1;
}
