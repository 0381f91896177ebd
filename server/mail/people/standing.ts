import { dayMs } from '../shared/time.ts';
import { type SuppressionClass, suppressionClasses } from './suppression.ts';

// Two clocks are never compared: reports are put in order by the provider's own dates, and an operator's change is a fence
// after everything that was known when it was made. Only greatest dates are kept, so that reports in any order, and any
// number of times, come to the same.

/** What a provider said of an address on one of its streams. Dates are the provider's. */
export interface Standing {
  /** The newest date of any report. */
  knownTo: Date | null;
  /** An operator's last change came after everything up to here. */
  fencedTo: Date | null;
  /** The newest date since at which it was mailed again, by who said so; see {@link Ending}. */
  ends: Readonly<Record<Ending, Date | null>>;
  facts: ReadonlyMap<SuppressionClass, Fact>;
}

/**
 * Who ended what a provider reported: `list`, its list lacks the address, which ends a bounce; `shop`, its customer asked for
 * it, which ends an entry of the customer's too; `person`, or the provider itself, which ends all.
 */
export type Ending = 'list' | 'shop' | 'person';

/** What the newest report of a class says. */
export interface Fact {
  /** False once an operator has lifted it, until it is reported again. */
  reported: boolean;
  /** Null for a date that cannot be: such a report is the first to give way. */
  datedAt: Date | null;
  reason: string;
  origin: string;
  eventId: string | null;
  /** Of two reports of the same moment, the evidence is the one whose fact comes first. */
  factKey: string;
  /** See `Stopping.reaches`. */
  reaches: readonly string[] | null;
}

/** A report that a provider mails an address no more, or again. */
export type Report = { datedAt: Date | null } & (
  | ({ active: true; class: SuppressionClass } & Omit<Fact, 'reported' | 'datedAt'>)
  | { active: false; by: Ending }
);

/** Nothing was ever said. */
export const nothingSaid: Standing = {
  ...{ knownTo: null, fencedTo: null },
  ends: { list: null, shop: null, person: null },
  facts: new Map(),
};

/**
 * The date of a report as far as it can be believed, or null: one from tomorrow on would stand above all that come after
 * it. Clocks that are hours apart do no harm.
 */
export function believable(date: Date, heardAt: Date): Date | null {
  return date.getTime() > heardAt.getTime() + dayMs ? null : date;
}

/** What is known once a report has come. One from before an operator's change leaves everything as it is. */
export function withReport(standing: Standing, report: Report): Standing {
  const { datedAt } = report;
  const { fencedTo } = standing;
  if (datedAt && fencedTo && datedAt <= fencedTo) return standing;
  const known = { ...standing, knownTo: later(standing.knownTo, datedAt) };
  if (!report.active)
    return { ...known, ends: { ...standing.ends, [report.by]: later(standing.ends[report.by], datedAt) } };
  const earlier = standing.facts.get(report.class);
  const facts = new Map(standing.facts).set(report.class, mergedFact(earlier, report));
  return { ...known, facts };
}

function mergedFact(earlier: Fact | undefined, report: Report & { active: true }): Fact {
  const { active: _, class: __, ...said } = report;
  const fact = { ...said, reported: true };
  if (!earlier?.reported) return fact;
  const reaches = unionOf(earlier.reaches, fact.reaches);
  return { ...(isNewer(fact, earlier) ? fact : earlier), reaches };
}

function isNewer(one: Fact, other: Fact): boolean {
  const [time, otherTime] = [timeOf(one.datedAt), timeOf(other.datedAt)];
  return time > otherTime || (time === otherTime && one.factKey < other.factKey);
}

function unionOf(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  return one === null || other === null ? null : [...new Set([...one, ...other])].sort();
}

/** Whether the provider's last word on a class is that it does not mail the address. */
export function stands(standing: Standing, kind: SuppressionClass): boolean {
  const fact = standing.facts.get(kind);
  if (!fact?.reported) return false;
  const end = endOf(standing, kind);
  // Of two reports of one moment the one that suppresses wins.
  return end === null || (fact.datedAt !== null && fact.datedAt >= end);
}

/** When this class came to an end at the provider; null when it did not. */
export function endOf({ ends }: Standing, kind: SuppressionClass): Date | null {
  return endings[kind].reduce<Date | null>((latest, by) => later(latest, ends[by]), null);
}

/** Who brings a class to an end: what a person asked for is the person's to take back. */
const endings: Record<SuppressionClass, readonly Ending[]> = {
  complaint: ['person'],
  unsubscribe: ['person'],
  operator: ['person', 'shop'],
  bounce: ['person', 'shop', 'list'],
};

/** An operator lifts these classes: what is known by now, and what is dated no later, cannot undo it. */
export function withFence(standing: Standing, lifted: readonly SuppressionClass[]): Standing {
  const facts = new Map(standing.facts);
  for (const kind of suppressionClasses) {
    const fact = facts.get(kind);
    if (!fact) continue;
    // What stays keeps standing behind the fence too, and what the provider had ended stays ended.
    const stays = stands(standing, kind) && !lifted.includes(kind);
    if (fact.reported !== stays) facts.set(kind, { ...fact, reported: stays });
  }
  const { knownTo } = standing;
  return { knownTo, fencedTo: later(standing.fencedTo, knownTo), ends: nothingSaid.ends, facts };
}

/** A date for what we see at the provider now: after all that it has said. Null when it has said nothing. */
export function afterAllKnown({ knownTo }: Standing): Date | null {
  return knownTo && new Date(knownTo.getTime() + 1);
}

function later(one: Date | null, other: Date | null): Date | null {
  return timeOf(other) > timeOf(one) ? other : one;
}

function timeOf(date: Date | null): number {
  return date?.getTime() ?? Number.NEGATIVE_INFINITY;
}
