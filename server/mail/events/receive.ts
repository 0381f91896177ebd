import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { stampOnce, transition } from '../messages/transitions-store.ts';
import { applyReport } from '../people/reports.ts';
import type { EventKind, EventSource, ProviderEvent } from '../providers/event.ts';
import { addressKey } from '../shared/address.ts';
import { inTransaction } from '../shared/transaction.ts';
import {
  appendEvent,
  factKey,
  findMessageOf,
  learnProviderId,
  type ReportedMessage,
} from './events-store.ts';

/**
 * What became of a report: `duplicate` means that the fact was known, `test` that it is about a test of a template. Both
 * change nothing.
 */
export interface Received {
  result: 'stored' | 'duplicate' | 'test';
  messageId: string | null;
}

/**
 * One event of a provider -> stored once -> its effects, in one transaction. Webhooks and reconciliation share
 * this path. Returns after the commit.
 */
export async function receive(
  context: MailContext,
  provider: string,
  reported: ProviderEvent,
  source: EventSource,
): Promise<Received> {
  const { db, now } = context;
  const event = { ...reported, recipient: reported.recipient && addressKey(reported.recipient) };
  return inTransaction(db, async trx => {
    const message = await findMessageOf(trx, event);
    if (!message && isAboutTest(event)) return { result: 'test', messageId: null };
    const eventId = await appendEvent(trx, {
      provider,
      event,
      messageId: message?.id ?? null,
      source,
      now: now(),
    });
    if (eventId === null) return { result: 'duplicate', messageId: message?.id ?? null };
    if (message) await applyToMessage(trx, event, message);
    await applyReport(context, trx, { event, eventId, factKey: factKey(provider, event) });
    return { result: 'stored', messageId: message?.id ?? null };
  });
}

/** What happened to a test is not counted; but the list of those whom the provider does not mail is its own to tell. */
function isAboutTest({ isTest, kind }: ProviderEvent): boolean {
  return isTest === true && kind !== 'suppressed' && kind !== 'unsuppressed';
}

interface Effect {
  state?: 'deliver' | 'bounce' | 'complain' | 'refuse';
  stamp?: 'opened_at' | 'clicked_at';
}

/** What each kind of event does to its message. */
const effects: Record<EventKind, Effect> = {
  delivered: { state: 'deliver' },
  bounced: { state: 'bounce' },
  complained: { state: 'complain' },
  refused: { state: 'refuse' },
  opened: { stamp: 'opened_at' },
  clicked: { stamp: 'clicked_at' },
  'soft-bounced': {},
  delayed: {},
  suppressed: {},
  unsuppressed: {},
  'auto-replied': {},
  other: {},
};

async function applyToMessage(trx: Db, event: ProviderEvent, message: ReportedMessage): Promise<void> {
  if (event.attemptId && event.providerMessageId)
    await learnProviderId(trx, event.attemptId, event.providerMessageId);
  // A copy's fate is on the timeline; the state is the recipient's.
  if (event.recipient !== message.recipient) return;
  const { state, stamp } = effects[event.kind];
  // A refusal of one attempt says nothing about the next, which may be on its way.
  if (state === 'refuse' && !message.latest) return;
  if (state) {
    const change = { at: event.occurredAt, reason: reasonOf(event) };
    await transition(trx, state, { ids: [message.id] }, change);
  }
  if (stamp) await stampOnce(trx, message.id, stamp, event.occurredAt);
}

function reasonOf({ kind, details }: ProviderEvent): string | null {
  return kind === 'delivered' ? null : String(details.name ?? details.type ?? kind);
}
