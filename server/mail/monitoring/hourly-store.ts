import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { openStates } from '../messages/states.ts';
import { firstIdAt } from '../shared/ids.ts';
import { hourMs, utc } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';
import { latencyBounds } from './latency.ts';

/** Notes that something happened to messages of these hours, so that they are counted anew. */
export async function markHoursDirty(trx: Knex, hours: readonly Date[], now: Date): Promise<void> {
  if (hours.length === 0) return;
  await trx.raw(
    `INSERT INTO postlane_dirty_hours (hour, changed_at) VALUES ${hours.map(() => '(?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE changed_at = GREATEST(changed_at, VALUES(changed_at))`,
    hours.flatMap(hour => [utc(hour), utc(now)]),
  );
}

/**
 * Notes it of hours that still have messages on their way. Of one older than a day, a count is good for a sixtieth of its
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

/** Counts the messages of one hour anew, in place of what was counted before. */
export async function countHour(db: Db, hour: Date, now: Date): Promise<void> {
  await inTransaction(db, async trx => {
    await trx('postlane_dirty_hours')
      .select('hour')
      .where({ hour: utc(hour) })
      .forUpdate();
    const [rows] = await trx.raw(countSql, [firstIdAt(hour), firstIdAt(new Date(hour.getTime() + hourMs))]);
    await trx('postlane_hourly_message_stats')
      .where({ hour: utc(hour) })
      .delete();
    if (rows.length > 0) {
      await trx('postlane_hourly_message_stats').insert(
        rows.map((row: object) => ({ ...row, hour: utc(hour) })),
      );
    }
    const total = (column: string) =>
      rows.reduce((sum: number, row: Record<string, unknown>) => sum + Number(row[column]), 0);
    await trx('postlane_dirty_hours')
      .where({ hour: utc(hour) })
      .update({ counted_at: utc(now), messages: total('accepted'), open: total('open') });
  });
}

// From the first attempt on, so that a message that was to wait until tomorrow is not counted as slow.
const tookMs = 'TIMESTAMPDIFF(MICROSECOND, a.created_at, m.sent_at) DIV 1000';

/** One hour's messages, found by the primary key: ids begin with the time they were made. */
const countSql = `SELECT m.stream, t.template, COUNT(*) AS accepted,
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
  STRAIGHT_JOIN postlane_template_versions t ON t.id = m.template_version_id
  LEFT JOIN postlane_attempts a FORCE INDEX (attempts_number) ON a.message_id = m.id AND a.number = 1
  WHERE m.id >= ? AND m.id < ?
  GROUP BY m.stream, t.template`;
