import type { EventKind } from '../providers/event.ts';
import { grouped } from '../shared/grouped.ts';
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
  const byMessage = grouped(facts, ({ messageId }) => messageId);
  return [...byMessage]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([messageId, all]) => ({
      messageId,
      states: reportedTransitions.flatMap(name => {
        const said = outermost(all, ({ kind }) => kept[kind].state === name, 'earliest');
        return said ? { ...said, name } : [];
      }),
      stamps: Object.fromEntries(
        stampedColumns.flatMap(column => {
          const said = outermost(all, ({ kind }) => kept[kind].stamp === column, 'earliest');
          return said ? [[column, said.at]] : [];
        }),
      ),
      deferral: deferralOf(all),
    }));
}

/** Every transition by a report, in the order in which several of one moment are taken in. */
export const reportedTransitions: readonly ReportedTransition[] = ['refuse', 'deliver', 'bounce', 'complain'];

/** See {@link Kept.stamp}. */
export const stampedColumns: readonly StampedColumn[] = ['opened_at', 'clicked_at'];

function deferralOf(facts: readonly Fact[]): MessageReport['deferral'] {
  const last = outermost(facts, ({ kind }) => kept[kind].deferral !== undefined, 'latest');
  return last && { ...last, softBounces: facts.filter(({ kind }) => kept[kind].deferral?.counts).length };
}

/** The earliest or latest of these facts, and of the same moment the one whose reason comes first; null for none. */
function outermost(
  facts: readonly Fact[],
  isWanted: (fact: Fact) => boolean,
  end: 'earliest' | 'latest',
): Said | null {
  return facts.filter(isWanted).reduce<Said | null>((best, fact) => {
    const later = best ? fact.at.getTime() - best.at.getTime() : 0;
    const wins = best === null || (later === 0 ? isFirst(fact, best) : later > 0 === (end === 'latest'));
    return wins ? { at: fact.at, reason: fact.reason } : best;
  }, null);
}

// As the columns compare: by bytes.
function isFirst({ reason: one }: Said, { reason: other }: Said): boolean {
  return Buffer.compare(Buffer.from(one ?? ''), Buffer.from(other ?? '')) < 0;
}
