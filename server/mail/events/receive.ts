import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { stampOnce, transition } from '../messages/transitions-store.ts';
import { changeSuppression } from '../people/suppressions-store.ts';
import type { EventKind, EventSource, ProviderEvent } from '../providers/event.ts';
import { addressKey } from '../shared/address.ts';
import { inTransaction } from '../shared/transaction.ts';
import { appendEvent, findMessageOf, learnProviderId, type ReportedMessage } from './events-store.ts';

/**
 * What became of a report: `duplicate` means that the fact was known, `test` that it is about a test of a template. Both
 * change nothing.
 */
export interface Received {
  result: 'stored' | 'duplicate' | 'test';
  messageId: string | null;
}

/**
 * One report of the provider -> stored once -> its effects, in one transaction. Webhooks and reconciliation share
 * this road. Returns after the commit.
 */
export async function receive(
  { db, now }: MailContext,
  reported: ProviderEvent,
  source: EventSource,
): Promise<Received> {
  const event = { ...reported, recipient: reported.recipient && addressKey(reported.recipient) };
  return inTransaction(db, async trx => {
    const message = await findMessageOf(trx, event);
    if (!message && isAboutTest(event)) return { result: 'test', messageId: null };
    const eventId = await appendEvent(trx, event, message?.id ?? null, source, now());
    if (eventId === null) return { result: 'duplicate', messageId: message?.id ?? null };
    if (message) await applyToMessage(trx, event, message);
    await applyToSuppressions(trx, event, eventId);
    return { result: 'stored', messageId: message?.id ?? null };
  });
}

/** What happened to a test is not counted; but the list of those whom the provider does not mail is its own to tell. */
function isAboutTest({ isTest, kind }: ProviderEvent): boolean {
  return isTest === true && kind !== 'suppressed' && kind !== 'unsuppressed';
}

/** What each kind of event does to its message; kinds that are absent leave the state alone. */
const effects: Partial<Record<EventKind, 'deliver' | 'bounce' | 'complain' | 'refuse'>> = {
  delivered: 'deliver',
  bounced: 'bounce',
  complained: 'complain',
  refused: 'refuse',
};

async function applyToMessage(trx: Db, event: ProviderEvent, message: ReportedMessage): Promise<void> {
  if (event.attemptId && event.providerMessageId)
    await learnProviderId(trx, event.attemptId, event.providerMessageId);
  // A copy's fate is on the timeline; the state is the recipient's.
  if (event.recipient !== message.recipient) return;
  const effect = effects[event.kind];
  // A refusal of one attempt says nothing about the next, which may be on its way.
  if (effect === 'refuse' && !message.latest) return;
  if (effect) {
    const change = { at: event.occurredAt, reason: reasonOf(event) };
    await transition(trx, effect, { ids: [message.id] }, change);
  }
  if (event.kind === 'opened') await stampOnce(trx, message.id, 'opened_at', event.occurredAt);
  if (event.kind === 'clicked') await stampOnce(trx, message.id, 'clicked_at', event.occurredAt);
}

async function applyToSuppressions(trx: Db, event: ProviderEvent, eventId: string): Promise<void> {
  if (!event.suppresses || !event.stream || !event.recipient) return;
  await changeSuppression(trx, {
    ...event.suppresses,
    stream: event.stream,
    address: event.recipient,
    eventId,
    changedAt: event.occurredAt,
  });
}

function reasonOf({ kind, details }: ProviderEvent): string | null {
  return kind === 'delivered' ? null : String(details.name ?? details.type ?? kind);
}
