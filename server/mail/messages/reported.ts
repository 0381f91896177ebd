import type { EventKind } from '../providers/event.ts';
import type { ReportedTransition } from './states.ts';

/** What was reported of a message. Facts of one kind about one message come to one: see {@link together}. */
export interface Fact {
  messageId: string;
  at: Date;
  /** In the provider's words; null for what needs none. */
  reason: string | null;
  /** How often the message was turned away for now. */
  softBounces: number;
}

/** Where a message's row keeps a kind of fact. */
export interface Kept {
  /** The state that it leads to, and by that the column of its date: the earliest. */
  state?: ReportedTransition;
  /** A column for its date alone: the earliest. */
  stamp?: 'opened_at' | 'clicked_at';
  /** Counted, where it counts against the address, and kept as the last word for now: the latest. */
  deferral?: { counts: boolean };
}

/** What each kind of event does to its message, and which of several facts its row keeps. */
export const kept: Readonly<Record<EventKind, Kept>> = {
  delivered: { state: 'deliver' },
  bounced: { state: 'bounce' },
  complained: { state: 'complain' },
  refused: { state: 'refuse' },
  opened: { stamp: 'opened_at' },
  clicked: { stamp: 'clicked_at' },
  'soft-bounced': { deferral: { counts: true } },
  delayed: { deferral: { counts: false } },
  suppressed: {},
  unsuppressed: {},
  'auto-replied': {},
  inbound: {},
  other: {},
  unreadable: {},
};

/**
 * One fact for each message: the `earliest` or `latest` of its own, and of the same moment the one whose reason comes first;
 * all that count are counted.
 */
export function together(facts: readonly Fact[], wanted: 'earliest' | 'latest'): Fact[] {
  const byMessage = new Map<string, Fact>();
  for (const fact of facts) {
    const other = byMessage.get(fact.messageId);
    byMessage.set(fact.messageId, other ? merged(fact, other, wanted) : fact);
  }
  return [...byMessage.values()];
}

function merged(one: Fact, other: Fact, wanted: 'earliest' | 'latest'): Fact {
  const later = one.at.getTime() - other.at.getTime();
  const wins = later === 0 ? bytewise(one.reason, other.reason) <= 0 : later > 0 === (wanted === 'latest');
  return { ...(wins ? one : other), softBounces: one.softBounces + other.softBounces };
}

// As the columns compare: by bytes.
function bytewise(one: string | null, other: string | null): number {
  return Buffer.compare(Buffer.from(one ?? ''), Buffer.from(other ?? ''));
}
