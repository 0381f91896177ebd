import type { Trx } from '../../../db/connect.ts';
import { isLockConflict } from '../../../db/error-codes.ts';
import { retryWhen } from '../../../db/retry.ts';
import { oneByOne } from '../../../db/together.ts';
import type { MailContext } from '../context.ts';
import { takeInFacts } from '../messages/reports-store.ts';
import { applyReports, suppressingAmong } from '../people/reports.ts';
import { applyToRuns } from '../people/soft-bounces.ts';
import { MalformedEvent, type ProviderEvent } from '../providers/event.ts';
import { completed } from './completed.ts';
import { factsOf, type Matched, mayTouchRun } from './facts.ts';
import { lookUp, type ReportedMessage } from './matching-store.ts';
import { attemptsNamed, idsLearnt, matchEvent, type WaitingEvent, waitingFor } from './waiting-store.ts';

/** At one time; a provider tells less of one message. */
const mostAtOnce = 500;

/**
 * Gives events that were stored without their message what they lacked, as soon as the provider's id of it is known: their
 * place on its timeline, and their effects. Whichever came first, the rows are the same. `ids` are those that were learnt, or
 * that events without a message have just come with.
 */
export async function linkWaiting(context: MailContext, trx: Trx, ids: readonly string[]): Promise<number> {
  const attempts = await attemptsNamed(trx, ids);
  const waiting = await waitingFor(trx, [...attempts.keys()], mostAtOnce);
  if (waiting.length === 0) return 0;
  const events = waiting.map(one => ({
    ...eventOf(context, one),
    attemptId: attempts.get(one.providerMessageId ?? '') ?? null,
  }));
  const trip = oneByOne(trx);
  const { messages } = await lookUp(trip, events, []);
  const linked: Linked[] = [];
  for (const [i, stored] of waiting.entries()) {
    const [event, message] = [events[i], messages[i]];
    if (event && message)
      linked.push({ stored, message, event: await completed(context.db, event, message) });
  }
  for (const { stored, message, event } of linked)
    await matchEvent(trx, stored.id, { ...event, messageId: message.id });
  await trip(takeInFacts(linked.flatMap(factsOf)));
  const moved = linked.flatMap(one => (isElsewhere(one) ? { ...one, factKey: one.stored.factKey } : []));
  await trip(await applyReports(context, trip, await suppressingAmong(context, moved)));
  await applyToRuns(
    context,
    trx,
    linked.flatMap(one => (mayTouchRun(one) ? one.event : [])),
  );
  return linked.length;
}

/** The same for ids that were learnt in any other way, such as by the answer to a hand-over that came late. */
export async function linkLearnt(context: MailContext): Promise<void> {
  for (;;) {
    const ids = await idsLearnt(context.db, 100);
    if (ids.length === 0) return;
    const pausesMs = [10, 20, 40, 80];
    const linked = await retryWhen(
      (error, attempt) => (isLockConflict(error) ? pausesMs[attempt - 1] : undefined),
      () => context.db.transaction(trx => linkWaiting(context, trx, ids)),
    );
    if (linked === 0) return;
  }
}

interface Linked extends Matched {
  stored: WaitingEvent;
  message: ReportedMessage;
}

/** What it says of an address had its effect when it came, where it named the address and its stream. */
function isElsewhere({ stored, event }: Linked): boolean {
  return stored.recipient !== event.recipient || stored.stream !== event.stream;
}

/** An event as it came: what is kept of its payload says most. */
function eventOf({ providers }: MailContext, stored: WaitingEvent): ProviderEvent {
  const { kind, occurredAt, receivedAt, stream, recipient, providerMessageId, raw } = stored;
  const asKept: ProviderEvent = {
    ...{ kind, occurredAt, stream, recipient, providerMessageId, attemptId: null, suppresses: null },
    ...{ fact: '', details: JSON.parse(stored.details), raw: raw ?? '' },
  };
  const reader = providers.find(stored.provider)?.events;
  const isWhole = raw !== null && stored.source === 'webhook' && !stored.rawMarks?.includes('cut');
  if (!reader || !isWhole) return asKept;
  try {
    return { ...reader.read({ text: raw }, receivedAt), kind, occurredAt, providerMessageId };
  } catch (error) {
    // What has just come in must not be lost because of what came before.
    if (error instanceof MalformedEvent) return asKept;
    throw error;
  }
}
