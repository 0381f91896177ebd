import type { Statement } from '../../../db/together.ts';
import { utc } from '../shared/time.ts';
import {
  type Fact,
  type MessageReport,
  reportedTransitions,
  reportsOf,
  type StampedColumn,
  stampedColumns,
} from './reported.ts';
import { type ReportedTransition, transitions } from './states.ts';
import { longestReason } from './transitions-store.ts';

/**
 * Takes in what a provider reported of messages. A message moves as far as a fact outranks its state; the fact's own column
 * keeps the earliest date in any state, and of a state's facts the earliest gives the reason: so that any order of arrival, in
 * any number of parts, ends in the same row. One statement, but where a message came to several states at once.
 */
export function takeInFacts(facts: readonly Fact[]): Statement[] {
  const found: Statement[] = [];
  let reports = reportsOf(facts);
  while (reports.length > 0) {
    found.push(...takeIn(reports));
    reports = reports.flatMap(({ messageId, states: [, ...states] }) =>
      states.length > 0 ? [{ messageId, states, stamps: {}, deferral: null }] : [],
    );
  }
  return found;
}

function takeIn(reports: readonly MessageReport[]): Statement[] {
  const parts = [
    stateOf(reports),
    ...stampedColumns.map(column => stampOf(column, reports)),
    deferralOf(reports),
  ];
  const wanted = parts.filter(part => part !== null);
  if (wanted.length === 0) return [];
  const row = `SELECT ${[idColumn, ...wanted.flatMap(part => part.columns)].join(', ')}`;
  const sql = `UPDATE (${reports.map(() => row).join(' UNION ALL ')}) f STRAIGHT_JOIN postlane_messages m ON m.id = f.id
     SET ${wanted.flatMap(part => part.sets).join(',\n       ')}`;
  return [
    {
      sql,
      values: reports.flatMap(report => [report.messageId, ...wanted.flatMap(part => part.valuesOf(report))]),
    },
  ];
}

// As the primary key compares, by which the messages are found.
const idColumn = 'CAST(? AS CHAR(36) CHARACTER SET ascii) COLLATE ascii_bin AS id';

/** Columns of `f` and what they change in `m`; a report that has none of it leaves `m` as it is. */
interface Part {
  columns: readonly string[];
  valuesOf(report: MessageReport): (string | number | null)[];
  sets: readonly string[];
}

function stateOf(reports: readonly MessageReport[]): Part | null {
  const names = reportedTransitions.filter(name => reports.some(({ states }) => states[0]?.name === name));
  if (names.length === 0) return null;
  const anyOf = (condition: (name: ReportedTransition) => string) =>
    names.map(name => `(f.name = '${name}' AND ${condition(name)})`).join(' OR ');
  const moves = (name: ReportedTransition) => `m.state IN (${quoted(transitions[name].from)})`;
  const isThere = (name: ReportedTransition) => `m.state = '${transitions[name].to}'`;
  return {
    // In a collation of its own: that of a host's connection may be another than the server's.
    columns: [
      'CAST(? AS CHAR(16) CHARACTER SET ascii) COLLATE ascii_bin AS name',
      'CAST(? AS DATETIME(3)) AS at',
      '? AS reason',
    ],
    valuesOf: ({ states: [first] }) => [
      first?.name ?? null,
      first ? utc(first.at) : null,
      first?.reason?.slice(0, longestReason) ?? null,
    ],
    // In this order: each reads the columns that come after it as they were.
    sets: [
      `m.reason = CASE
         WHEN ${anyOf(moves)} THEN f.reason
         WHEN ${anyOf(name => `${isThere(name)} AND (m.${transitions[name].stamp} IS NULL OR f.at < m.${transitions[name].stamp})`)} THEN f.reason
         WHEN ${anyOf(name => `${isThere(name)} AND f.at = m.${transitions[name].stamp}`)}
           THEN LEAST(COALESCE(m.reason, f.reason), COALESCE(f.reason, m.reason))
         ELSE m.reason END`,
      `m.due_at = IF(${anyOf(moves)}, NULL, m.due_at)`,
      `m.lease = IF(${anyOf(moves)}, NULL, m.lease)`,
      ...names.map(name => {
        const stamp = `m.${transitions[name].stamp}`;
        return `${stamp} = IF(f.name = '${name}', LEAST(COALESCE(${stamp}, f.at), f.at), ${stamp})`;
      }),
      `m.state = CASE ${names.map(name => `WHEN f.name = '${name}' AND ${moves(name)} THEN '${transitions[name].to}'`).join(' ')} ELSE m.state END`,
    ],
  };
}

/** Keeps the first time that a message was opened or clicked: the earliest fact wins, in any order of arrival. */
function stampOf(column: StampedColumn, reports: readonly MessageReport[]): Part | null {
  if (!reports.some(({ stamps }) => stamps[column])) return null;
  return {
    columns: [`CAST(? AS DATETIME(3)) AS ${column}`],
    valuesOf: ({ stamps }) => [utc(stamps[column] ?? null)],
    sets: [`m.${column} = LEAST(COALESCE(m.${column}, f.${column}), COALESCE(f.${column}, m.${column}))`],
  };
}

/** Counts what was turned away for now and keeps the latest of it, delays as well. */
function deferralOf(reports: readonly MessageReport[]): Part | null {
  if (!reports.some(({ deferral }) => deferral)) return null;
  return {
    columns: ['CAST(? AS DATETIME(3)) AS deferred_at', '? AS deferral', '? AS soft_bounces'],
    valuesOf: ({ deferral }) => [
      deferral ? utc(deferral.at) : null,
      deferral?.reason?.slice(0, longestDeferral) ?? null,
      deferral?.softBounces ?? 0,
    ],
    sets: [
      `m.deferral = CASE
         WHEN f.deferred_at IS NULL THEN m.deferral
         WHEN m.deferred_at IS NULL OR f.deferred_at > m.deferred_at THEN f.deferral
         WHEN f.deferred_at = m.deferred_at THEN LEAST(m.deferral, f.deferral)
         ELSE m.deferral END`,
      'm.soft_bounces = m.soft_bounces + f.soft_bounces',
      `m.deferred_at = GREATEST(COALESCE(m.deferred_at, f.deferred_at), COALESCE(f.deferred_at, m.deferred_at))`,
    ],
  };
}

/** What the column holds. */
const longestDeferral = 100;

function quoted(names: readonly string[]): string {
  return names.map(name => `'${name}'`).join(', ');
}
