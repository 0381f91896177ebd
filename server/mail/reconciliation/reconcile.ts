import type { MailContext } from '../context.ts';
import { findMessageOf, unknownFacts } from '../events/events-store.ts';
import { receive } from '../events/receive.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ReconciliationSource } from '../providers/reconciliation-source.ts';
import { dayMs } from '../shared/time.ts';
import { type Differences, noDifferences } from './comparison.ts';
import { reconcileSuppressions } from './reconcile-suppressions.ts';
import {
  finishReconciliation,
  listReconciliations,
  type Reconciliation,
  startReconciliation,
} from './reconciliations-store.ts';

/**
 * Closes the books of the day before `now`: reads bounces and suppressions of every stream and sends each difference
 * down the same road as a webhook. Repeating a night repairs only what is still missing. A stream that cannot be
 * read is recorded with its problem and does not stop the others, nor does a row that cannot be read its stream.
 */
export async function reconcileNight(
  context: MailContext,
  books: ReconciliationSource,
): Promise<Reconciliation[]> {
  const to = context.now();
  const day = new Date(to.getTime() - dayMs).toISOString().slice(0, 10);
  for (const stream of await books.streams()) {
    const id = await startReconciliation(context.db, day, stream, to);
    const night = await reconcileStream(context, books, stream, to);
    await finishReconciliation(context.db, id, night, context.now());
  }
  return listReconciliations(context.db, { day });
}

interface Night {
  bounces: Differences;
  suppressions: Differences;
  problem: string | null;
}

async function reconcileStream(
  context: MailContext,
  books: ReconciliationSource,
  stream: string,
  to: Date,
): Promise<Night> {
  try {
    // Reports arrive late and are dated by the bounce: the windows of three nights overlap.
    const bounces = await reconcileBounces(context, books, stream, new Date(to.getTime() - 3 * dayMs), to);
    const suppressions = await reconcileSuppressions(context, books, stream, to);
    return { bounces, suppressions, problem: problemOf(bounces.unreadable + suppressions.unreadable) };
  } catch (error) {
    context.log.error({ err: error, stream }, 'reconciliation of a stream failed');
    return { bounces: noDifferences(), suppressions: noDifferences(), problem: (error as Error).message };
  }
}

function problemOf(unreadable: number): string | null {
  return unreadable === 0 ? null : `Rows that are not what the provider documents: ${unreadable}.`;
}

async function reconcileBounces(
  context: MailContext,
  books: ReconciliationSource,
  stream: string,
  from: Date,
  to: Date,
): Promise<Differences> {
  const tally = noDifferences();
  for await (const { events, unreadable } of books.bounces(stream, from, to)) {
    tally.seen += events.length + unreadable;
    tally.unreadable += unreadable;
    for (const event of await unknownFacts(context.db, events)) {
      const { result } = await receive(context, await identified(context, books, event), 'reconciliation');
      if (result === 'stored') tally.repaired += 1;
      if (result === 'test') tally.seen -= 1;
    }
  }
  return tally;
}

/**
 * Rows of the books lack the metadata of webhooks, and of mail that went by SMTP we may not have learned the provider's
 * id: then the provider is asked which attempt it was.
 */
async function identified(
  { db }: MailContext,
  books: ReconciliationSource,
  event: ProviderEvent,
): Promise<ProviderEvent> {
  if (event.attemptId || !event.providerMessageId || (await findMessageOf(db, event))) return event;
  return { ...event, attemptId: await books.attemptOf(event.providerMessageId) };
}
