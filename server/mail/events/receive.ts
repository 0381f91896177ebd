import type { Trx } from '../../../db/connect.ts';
import { isDuplicate, isLockConflict } from '../../../db/error-codes.ts';
import { retryWhen } from '../../../db/retry.ts';
import { after, oneByOne, type Together, type Trip } from '../../../db/together.ts';
import type { MailContext } from '../context.ts';
import { takeInFacts } from '../messages/reports-store.ts';
import { applyReports, suppressingAmong } from '../people/reports.ts';
import { applyToRuns } from '../people/soft-bounces.ts';
import type { EventSource, ProviderEvent } from '../providers/event.ts';
import { completed } from './completed.ts';
import { appendEvents, factKey, idsOfFacts } from './events-store.ts';
import { factsOf, mayTouchRun } from './facts.ts';
import { learnProviderId, lookUp, type ReportedMessage } from './matching-store.ts';
import { isUnmatched, noteUnmatched, waitsFor } from './unmatched-store.ts';
import { linkWaiting } from './waiting.ts';

/**
 * What became of a report: `duplicate` means that the fact was known, `test` that it is about a test of a template. Both
 * change nothing.
 */
export interface Received {
  result: 'stored' | 'duplicate' | 'test';
  messageId: string | null;
}

/** An event as a provider reported it, and how we heard of it. */
export interface Reported {
  provider: string;
  event: ProviderEvent;
  source: EventSource;
}

/**
 * One event of a provider -> stored once -> its effects, in one transaction. Webhooks and reconciliation share
 * this path. Returns after the commit.
 */
export async function receive(
  context: MailContext,
  provider: string,
  event: ProviderEvent,
  source: EventSource,
): Promise<Received> {
  const [received] = await receiveAll(context, [{ provider, event, source }]);
  if (!received) throw new Error('An event got no answer.');
  return received;
}

/**
 * The same for many events in one transaction; answers in their order. All are stored, or none. `together` spares trips where
 * nothing has to be looked at on the way.
 */
export async function receiveAll(
  context: MailContext,
  reported: readonly Reported[],
  together: Together | null = null,
): Promise<Received[]> {
  const pausesMs = [10, 20, 40, 80];
  // What another process has stored meanwhile is known the next time.
  const pauseMs = (error: unknown, attempt: number) =>
    isLockConflict(error) || isDuplicate(error) ? pausesMs[attempt - 1] : undefined;
  return retryWhen(pauseMs, () => receiveOnce(context, reported, together));
}

/** A report with what we know about it. */
interface Found extends Reported {
  factKey: string;
  message: ReportedMessage | null;
}

async function receiveOnce(
  context: MailContext,
  reported: readonly Reported[],
  together: Together | null,
): Promise<Received[]> {
  const { db, now } = context;
  const { all, known } = await found(context, reported, together?.read ?? oneByOne(db));
  const results = all.map(one => resultOf(one, known));
  const fresh = all.filter((_, i) => results[i]?.result === 'stored');
  if (fresh.length === 0) return results;
  const at = now();
  const suppressing = await suppressingAmong(context, fresh);
  const statements = [
    ...appendEvents(fresh.map(one => ({ ...one, messageId: one.message?.id ?? null, now: at }))),
    ...takeInFacts(fresh.flatMap(factsOf)),
  ];
  if (together && fresh.every(needsNoLook)) {
    await together.transaction(async trip => {
      if (suppressing.length === 0) return statements;
      return applyReports(context, after(statements, trip), suppressing);
    });
    return results;
  }
  await db.transaction(async trx => {
    const trip = oneByOne(trx);
    await trip(statements);
    await noteForPeople(trx, fresh, at);
    await learnProviderIds(trx, fresh);
    await linkWaiting(context, trx, fresh.flatMap(idToLinkBy));
    await trip(await applyReports(context, trip, suppressing));
    await applyToRuns(
      context,
      trx,
      fresh.flatMap(one => (mayTouchRun(one) ? one.event : [])),
    );
  });
  return results;
}

/** True where nothing has to be looked at on the way, but what a provider said of an address before. */
function needsNoLook(one: Found): boolean {
  return one.message !== null && !isUnmatched(one) && !mayTouchRun(one) && !tellsProviderId(one);
}

/** What is known of each, and which of the facts are stored. */
async function found(
  { db }: MailContext,
  reported: readonly Reported[],
  read: Trip,
): Promise<{ all: Found[]; known: Set<string> }> {
  const keys = reported.map(({ provider, event }) => factKey(provider, event));
  const { messages, facts } = await lookUp(
    read,
    reported.map(({ event }) => event),
    keys,
  );
  const all = reported.map(async (one, i) => {
    const message = messages[i] ?? null;
    return { ...one, event: await completed(db, one.event, message), factKey: keys[i] ?? '', message };
  });
  return { all: await Promise.all(all), known: facts };
}

async function noteForPeople(trx: Trx, all: readonly Found[], at: Date): Promise<void> {
  const unmatched = all.filter(isUnmatched);
  const ids = await idsOfFacts(
    trx,
    unmatched.map(one => one.factKey),
  );
  await noteUnmatched(
    trx,
    unmatched.map(one => ({ ...one, eventId: ids.get(one.factKey) ?? '', at })),
  );
}

/** Adds a fact that is stored by this to those that are known: it may come twice in a group. */
function resultOf({ event, factKey, message }: Found, known: Set<string>): Received {
  if (!message && isAboutTest(event)) return { result: 'test', messageId: null };
  const messageId = message?.id ?? null;
  if (known.has(factKey)) return { result: 'duplicate', messageId };
  known.add(factKey);
  return { result: 'stored', messageId };
}

/** What happened to a test is not counted; but the list of those whom the provider does not mail is its own to tell. */
function isAboutTest({ isTest, kind }: ProviderEvent): boolean {
  return isTest === true && kind !== 'suppressed' && kind !== 'unsuppressed';
}

async function learnProviderIds(trx: Trx, all: readonly Found[]): Promise<void> {
  for (const one of all) {
    const { attemptId, providerMessageId } = one.event;
    if (tellsProviderId(one) && attemptId && providerMessageId)
      await learnProviderId(trx, attemptId, providerMessageId);
  }
}

/** An id that was learnt, or that an event waits for. */
function idToLinkBy(one: Found): string[] {
  const id = tellsProviderId(one) ? one.event.providerMessageId : waitsFor(one);
  return id === null ? [] : [id];
}

function tellsProviderId({ event: { attemptId, providerMessageId }, message }: Found): boolean {
  return message?.providerMessageId === null && attemptId !== null && providerMessageId !== null;
}
