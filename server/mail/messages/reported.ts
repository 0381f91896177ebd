import type { EventKind } from '../providers/event.ts';
import type { ReportedTransition } from './states.ts';

/** What was reported of a message. */
export interface Fact {
  messageId: string;
  kind: EventKind;
  at: Date;
  /** In the provider's words; null for what needs none. */
  reason: string | null;
}

/** Where a message's row keeps a kind of fact. */
export interface Kept {
  /** The state that it leads to, and by that the column of its date: the earliest. */
  state?: ReportedTransition;
  /** A column for its date alone: the earliest. */
  stamp?: StampedColumn;
  /** Counted, where it counts against the address, and kept as the last word for now: the latest. */
  deferral?: { counts: boolean };
}

/** See {@link Kept.stamp}. */
export type StampedColumn = 'opened_at' | 'clicked_at';

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

/** When something was, and in which words. */
export interface Said {
  at: Date;
  reason: string | null;
}

/** All that was reported of one message, as far as its row keeps it: of facts of one kind, one. */
export interface MessageReport {
  messageId: string;
  /** In the order in which they are taken in. */
  states: readonly (Said & { name: ReportedTransition })[];
  stamps: Readonly<Partial<Record<StampedColumn, Date>>>;
  /** With how often the message was turned away for now. */
  deferral: (Said & { softBounces: number }) | null;
}

/** One report for each message, in the order of their ids, so that rivals wait for each other in one order. */
export function reportsOf(facts: readonly Fact[]): MessageReport[] {
  const byMessage = new Map<string, Gathered>();
  for (const fact of facts) {
    const gathered = byMessage.get(fact.messageId) ?? { states: new Map(), stamps: {}, deferral: null };
    byMessage.set(fact.messageId, gathered);
    gather(gathered, fact);
  }
  return [...byMessage]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([messageId, { states, ...rest }]) => ({
      ...{ messageId, ...rest },
      states: reportedTransitions.flatMap(name => {
        const said = states.get(name);
        return said ? [{ ...said, name }] : [];
      }),
    }));
}

/** Every transition by a report, in the order in which several of one moment are taken in. */
export const reportedTransitions: readonly ReportedTransition[] = ['refuse', 'deliver', 'bounce', 'complain'];

/** See {@link Kept.stamp}. */
export const stampedColumns: readonly StampedColumn[] = ['opened_at', 'clicked_at'];

interface Gathered {
  states: Map<ReportedTransition, Said>;
  stamps: Partial<Record<StampedColumn, Date>>;
  deferral: MessageReport['deferral'];
}

function gather(gathered: Gathered, { kind, at, reason }: Fact): void {
  const { state, stamp, deferral } = kept[kind];
  const said = { at, reason };
  if (state) gathered.states.set(state, earlier(said, gathered.states.get(state)));
  if (stamp) {
    const first = gathered.stamps[stamp];
    gathered.stamps[stamp] = first && first <= at ? first : at;
  }
  if (deferral) {
    const softBounces = (gathered.deferral?.softBounces ?? 0) + Number(deferral.counts);
    gathered.deferral = { ...later(said, gathered.deferral), softBounces };
  }
}

function earlier(one: Said, other: Said | undefined): Said {
  if (!other) return one;
  const difference = one.at.getTime() - other.at.getTime();
  return difference < 0 || (difference === 0 && comesFirst(one, other)) ? one : other;
}

function later(one: Said, other: Said | null): Said {
  if (!other) return one;
  const difference = one.at.getTime() - other.at.getTime();
  return difference > 0 || (difference === 0 && comesFirst(one, other)) ? one : other;
}

// As the columns compare: by bytes.
function comesFirst({ reason: one }: Said, { reason: other }: Said): boolean {
  return Buffer.compare(Buffer.from(one ?? ''), Buffer.from(other ?? '')) < 0;
}
