import type { MailContext } from './context.ts';
import type { ProviderBooks } from './provider-books.ts';
import { receive } from './receive.ts';
import type { Tally } from './rules/tally.ts';
import {
  finishReconciliation,
  listReconciliations,
  type Reconciliation,
  startReconciliation,
} from './store/reconciliations.ts';
import { listSuppressions, suppressionKey } from './store/suppressions.ts';

const dayMs = 24 * 3_600_000;

/**
 * Closes the books of the day before `now`: reads bounces and suppressions of every stream and sends each difference
 * down the same road as a webhook. Repeating a night repairs only what is still missing. A stream that cannot be
 * read is recorded with its problem and does not stop the others.
 */
export async function reconcileNight(context: MailContext, books: ProviderBooks): Promise<Reconciliation[]> {
  const to = context.now();
  const day = new Date(to.getTime() - dayMs).toISOString().slice(0, 10);
  for (const stream of await books.streams()) {
    const id = await startReconciliation(context.db, day, stream, to);
    try {
      // Reports arrive late and are dated by the bounce: the windows of three nights overlap.
      const bounces = await reconcileBounces(context, books, stream, new Date(to.getTime() - 3 * dayMs), to);
      const suppressions = await reconcileSuppressions(context, books, stream, to);
      await finishReconciliation(context.db, id, { bounces, suppressions, problem: null }, context.now());
    } catch (error) {
      const problem = (error as Error).message;
      context.log.error({ err: error, stream }, 'reconciliation of a stream failed');
      await finishReconciliation(
        context.db,
        id,
        { bounces: none, suppressions: none, problem },
        context.now(),
      );
    }
  }
  return listReconciliations(context.db, { day });
}

const none: Tally = { seen: 0, repaired: 0 };

async function reconcileBounces(
  context: MailContext,
  books: ProviderBooks,
  stream: string,
  from: Date,
  to: Date,
): Promise<Tally> {
  const tally = { seen: 0, repaired: 0 };
  for await (const event of books.bounces(stream, from, to)) {
    const { result } = await receive(context, event, 'reconciliation');
    tally.seen += 1;
    if (result === 'stored') tally.repaired += 1;
  }
  return tally;
}

/** The provider's list is the authority on whom it will not mail; what was entered here stays ours. */
async function reconcileSuppressions(
  context: MailContext,
  books: ProviderBooks,
  stream: string,
  at: Date,
): Promise<Tally> {
  const theirs = await books.suppressions(stream);
  const ours = await listSuppressions(context.db, { stream });
  const oursByKey = new Set(ours.map(suppressionKey));
  const theirsByKey = new Set(
    theirs.map(({ recipient }) => suppressionKey({ stream, address: recipient ?? '' })),
  );
  const missing = theirs.filter(
    ({ recipient }) => !oursByKey.has(suppressionKey({ stream, address: recipient ?? '' })),
  );
  const lifted = ours.filter(
    one => one.origin !== 'Operator' && one.changedAt < at && !theirsByKey.has(suppressionKey(one)),
  );
  for (const event of missing) await receive(context, event, 'reconciliation');
  for (const { address } of lifted) {
    await receive(context, books.reactivation(stream, address, at), 'reconciliation');
  }
  return { seen: theirs.length, repaired: missing.length + lifted.length };
}
