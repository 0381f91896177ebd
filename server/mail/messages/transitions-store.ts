import type { Knex } from 'knex';
import { markHoursDirty } from '../monitoring/hourly-store.ts';
import { timeOfId } from '../shared/ids.ts';
import { distinctHours, utc } from '../shared/time.ts';
import { type MessageState, reopens, type Transition, type TransitionName, transitions } from './states.ts';

type Row<Name extends TransitionName> = (typeof transitions)[Name];

/** Which messages move: these, or those of a campaign, `limit` of them at most. */
type Messages = { ids: readonly string[] } | { campaignId: string; limit: number };

/** What the writer must hold; see {@link Transition}. */
type Fence<Name extends TransitionName> =
  Row<Name> extends { fence: 'lease' }
    ? { lease: string }
    : Row<Name> extends { fence: 'attempt' }
      ? { attempt: number }
      : unknown;

/** Which messages a transition is for; `only` narrows the states it may leave. */
export type Selection<Name extends TransitionName> = Messages &
  Fence<Name> & { only?: Row<Name>['from'][number] };

/** When, and the columns that the transition takes. */
export type Change<Name extends TransitionName> = { at: Date } & Pick<
  { dueAt: Date; lease: string; reason: string | null },
  Row<Name>['takes'][number]
>;

type Binding = string | number | null | string[];

/** A write to the latest attempts of the same messages, as `a`, in the same statement; then both are counted. */
export interface AttemptWrite {
  set: string;
  where?: string;
  bindings: readonly Binding[];
}

/**
 * The only writer of a message's state, beside what providers report (`reports-store.ts`). Returns how many rows changed: fewer than were selected when some had left the
 * states that the transition starts from, or are another process's by now. That is an answer, not an error.
 */
export async function transition<Name extends TransitionName>(
  db: Knex,
  name: Name,
  selection: Selection<Name>,
  change: Change<Name>,
  attempts?: AttemptWrite,
): Promise<number> {
  const row: Transition = transitions[name];
  const reopened = reopens(row) ? await lockedIds(db, row, selection) : null;
  if (reopened?.length === 0) return 0;
  const sets = changesOf(row, change);
  const which = conditionOf(row, reopened ? { ...selection, ids: reopened } : selection);
  const [result] = await db.raw(
    `UPDATE ${attempts ? both : 'postlane_messages m'}
     SET ${[attempts?.set, ...sets.map(([set]) => set)].filter(Boolean).join(', ')}
     WHERE ${[attempts?.where, which.sql].filter(Boolean).join(' AND ')}`,
    [...(attempts?.bindings ?? []), ...sets.flatMap(([, ...values]) => values), ...which.bindings],
  );
  if (reopened) await markHoursDirty(db, distinctHours(reopened.map(timeOfId)), change.at);
  return result.affectedRows;
}

const both = `postlane_attempts a
     JOIN postlane_messages m ON m.id = a.message_id AND a.number = m.attempt_count`;

const columns = { dueAt: 'due_at', lease: 'lease', reason: 'reason', failedAt: 'failed_at' } as const;
/** What the column holds. */
export const longestReason = 500;

type Given = { at: Date; dueAt?: Date; lease?: string; reason?: string | null };

function changesOf({ to, stamp, clears, takes, startsAttempt }: Transition, given: Given) {
  const values = {
    dueAt: utc(given.dueAt ?? null),
    lease: given.lease ?? null,
    reason: given.reason?.slice(0, longestReason) ?? null,
  };
  const changes: [set: string, ...values: (string | null)[]][] = [['m.state = ?', to]];
  if (stamp) changes.push([`m.${stamp} = ?`, utc(given.at)]);
  for (const column of takes) changes.push([`m.${columns[column]} = ?`, values[column]]);
  for (const column of clears) changes.push([`m.${columns[column]} = NULL`]);
  if (startsAttempt) changes.push(['m.attempt_count = m.attempt_count + 1']);
  return changes;
}

type AnySelection = { only?: MessageState; lease?: string; attempt?: number } & Messages;

/** What follows WHERE: messages that the transition may take, as far as the writer still holds them. */
function conditionOf({ from, fence, unfenced }: Transition, selection: AnySelection) {
  const states = selection.only ? [selection.only] : [...from];
  const byIds = 'ids' in selection;
  let sql = `${byIds ? 'm.id IN (?)' : 'm.campaign_id = ?'} AND m.state IN (?)`;
  const bindings: Binding[] = [byIds ? [...selection.ids] : selection.campaignId, states];
  if (fence) {
    const held = fence === 'lease' ? 'm.lease = ?' : 'm.attempt_count = ?';
    sql += ` AND ${unfenced ? `(${held} OR m.state = '${unfenced}')` : held}`;
    bindings.push((fence === 'lease' ? selection.lease : selection.attempt) ?? null);
  }
  if (byIds) return { sql, bindings };
  return { sql: `${sql} LIMIT ?`, bindings: [...bindings, selection.limit] };
}

/** The messages it will be, locked: their hours have to be counted again. */
async function lockedIds(db: Knex, row: Transition, selection: AnySelection): Promise<string[]> {
  const { sql, bindings } = conditionOf(row, selection);
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT m.id FROM postlane_messages m WHERE ${sql} FOR UPDATE`,
    bindings,
  );
  return (rows ?? []).map(({ id }) => id);
}

/** A report can arrive before our own result: the message keeps the state that it led to, but was sent. */
export async function stampSent(db: Knex, ids: readonly string[], at: Date): Promise<void> {
  await db('postlane_messages')
    .whereIn('id', [...ids])
    .whereIn('state', ['delivered', 'bounced', 'complained', 'failed'])
    .whereNull('sent_at')
    .update({ sent_at: utc(at) });
}
