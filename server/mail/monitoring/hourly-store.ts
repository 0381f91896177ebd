import type { Knex } from 'knex';
import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow } from '../../../db/rows.ts';
import { openStates } from '../messages/states.ts';
import { firstIdAt } from '../shared/ids.ts';
import { hourMs, utc } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';

/** Upper bounds of hand-over times in ms, each with the column that counts up to it. */
export const latencyBounds = [
  ['within_1s', 1_000],
  ['within_5s', 5_000],
  ['within_30s', 30_000],
  ['within_2m', 120_000],
  ['within_10m', 600_000],
  ['within_1h', 3_600_000],
] as const;

/** The last of {@link latencyBounds}: longer ones count as this, so it means "this long or longer". */
export const longestMeasuredMs = 3_600_000;

/** How many hand-overs took at most that long, by the columns of {@link latencyBounds}; `measured`: all of them. */
export type LatencyCounts = Record<(typeof latencyBounds)[number][0] | 'measured', number>;

/** Marks hours in which something happened to a message, so that they are counted again. */
export async function markHoursDirty(trx: Knex, hours: readonly Date[], now: Date): Promise<void> {
  if (hours.length === 0) return;
  await trx.raw(
    `INSERT INTO postlane_dirty_hours (hour, changed_at) VALUES ${hours.map(() => '(?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE changed_at = GREATEST(changed_at, VALUES(changed_at))`,
    hours.flatMap(hour => [utc(hour), utc(now)]),
  );
}

/**
 * Marks hours that still have open messages. Of one older than a day, a count stays good for a sixtieth of its
 * age: what is held, or unknown for good, stays so for days, and would have each such hour counted every minute.
 */
export async function markOpenHoursDirty(trx: Knex, now: Date): Promise<void> {
  await trx.raw(
    `UPDATE postlane_dirty_hours SET changed_at = ?
     WHERE open > 0 AND (hour > TIMESTAMPADD(HOUR, -24, ?)
       OR counted_at <= TIMESTAMPADD(SECOND, -TIMESTAMPDIFF(SECOND, hour, ?) DIV 60, ?))`,
    [utc(now), utc(now), utc(now), utc(now)],
  );
}

/** Hours to be counted, the latest first. A large one waits longer for its turn: a second for a thousand messages. */
export async function hoursToCount(db: Db, now: Date, limit: number): Promise<Date[]> {
  const [rows]: { hour: Date }[][] = await db.raw(
    `SELECT hour FROM postlane_dirty_hours
     WHERE counted_at IS NULL
       OR (changed_at > counted_at AND TIMESTAMPADD(SECOND, LEAST(messages DIV 1000, 1800), counted_at) <= ?)
     ORDER BY hour DESC LIMIT ?`,
    [utc(now), limit],
  );
  return (rows ?? []).map(({ hour }) => hour);
}

/** Counts the messages of one hour again, in place of what was counted before. */
export async function countHour(db: Db, hour: Date, now: Date): Promise<void> {
  await inTransaction(db, async trx => {
    await trx('postlane_dirty_hours').select('hour').where('hour', utc(hour)).forUpdate();
    const [rows] = await trx.raw(countSql, [firstIdAt(hour), firstIdAt(new Date(hour.getTime() + hourMs))]);
    await trx('postlane_hourly_message_stats').where('hour', utc(hour)).delete();
    if (rows.length > 0) {
      await trx('postlane_hourly_message_stats').insert(
        rows.map((row: object) => ({ ...row, hour: utc(hour) })),
      );
    }
    const total = (column: string) =>
      rows.reduce((sum: number, row: Record<string, unknown>) => sum + Number(row[column]), 0);
    await trx('postlane_dirty_hours')
      .where('hour', utc(hour))
      .update({ counted_at: utc(now), messages: total('accepted'), open: total('open') });
  });
}

// From the first attempt, so that a message scheduled for tomorrow is not counted as slow.
const tookMs = 'TIMESTAMPDIFF(MICROSECOND, a.created_at, m.sent_at) DIV 1000';

/** One hour's messages, found by the primary key: ids begin with the time they were made. Composed mail has no template. */
const countSql = `SELECT m.stream, COALESCE(t.template, '') AS template, COUNT(*) AS accepted,
    SUM(COALESCE(m.sent_at, m.delivered_at, m.bounced_at, m.complained_at) IS NOT NULL) AS sent,
    SUM(m.delivered_at IS NOT NULL) AS delivered,
    SUM(m.state = 'bounced') AS bounced,
    SUM(m.state = 'complained') AS complained,
    SUM(m.state = 'suppressed') AS suppressed,
    SUM(m.state = 'failed') AS failed,
    SUM(m.state = 'unknown') AS unknown,
    SUM(m.state IN (${openStates.map(state => `'${state}'`).join(', ')})) AS open,
    SUM(m.opened_at IS NOT NULL) AS opened,
    SUM(m.clicked_at IS NOT NULL) AS clicked,
    ${latencyBounds.map(([column, ms]) => `COALESCE(SUM(${tookMs} <= ${ms}), 0) AS ${column}`).join(',\n    ')},
    COUNT(${tookMs}) AS measured
  FROM postlane_messages m FORCE INDEX (PRIMARY)
  LEFT JOIN postlane_template_versions t ON t.id = m.template_version_id
  LEFT JOIN postlane_attempts a FORCE INDEX (attempts_number) ON a.message_id = m.id AND a.number = 1
  WHERE m.id >= ? AND m.id < ?
  GROUP BY m.stream, t.template`;

const event = columns<EventsRow>()('postlane_events', ['id', 'messageId', 'receivedAt']);

/** Events behind a position, in order, with the message each is about. */
export async function eventsBehind(
  db: Knex,
  position: number,
  limit: number,
): Promise<(Omit<Selected<typeof event>, 'id'> & { id: number })[]> {
  const rows = await db('postlane_events')
    .select(event.aliases)
    .where('id', '>', position)
    .orderBy('id')
    .limit(limit);
  return rows.map(row => ({ ...row, id: Number(row.id) }));
}

/** The first message whose id is not before this one. */
export async function firstMessageFrom(db: Knex, id: string): Promise<string | null> {
  const row = await db('postlane_messages').select('id').where('id', '>=', id).orderBy('id').first();
  return row?.id ?? null;
}

/**
 * The time within which a share of hand-overs was done, in ms, estimated between two bounds; null when nothing was
 * measured. What took over an hour counts as an hour.
 */
export function latencyAt(share: number, counts: LatencyCounts): number | null {
  if (counts.measured === 0) return null;
  const wanted = share * counts.measured;
  let [below, from] = [0, 0];
  for (const [column, to] of latencyBounds) {
    const upTo = counts[column];
    if (upTo >= wanted && upTo > below)
      return Math.round(from + ((wanted - below) / (upTo - below)) * (to - from));
    [below, from] = [upTo, to];
  }
  return from;
}
