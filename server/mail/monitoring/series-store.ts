import type { Db } from '../../../db/connect.ts';
import type { HourlyMessageStatsRow } from '../../../db/rows.ts';
import { utc } from '../shared/time.ts';
import { latencyBounds } from './hourly-store.ts';

const counted = [
  'accepted',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'suppressed',
  'failed',
  'unknown',
  'open',
  'opened',
  'clicked',
  ...latencyBounds.map(([column]) => column),
  'measured',
] as const satisfies (keyof HourlyMessageStatsRow)[];

/** What became of messages, counted by the hour in which they were accepted. */
export type Counts = Record<(typeof counted)[number], number>;

/** The counts of one stream in one step of time; `step` from 0. */
export type StreamStep = Counts & { step: number; stream: string };

const sums = counted.map(column => `SUM(${column}) AS ${column}`).join(', ');

/** Counts from `from` (a full hour) until `to`, in steps of so many hours, by stream. */
export async function countsByStep(db: Db, from: Date, to: Date, stepHours: number): Promise<StreamStep[]> {
  const [rows] = await db.raw(byStepSql, [utc(from), stepHours, utc(from), utc(to)]);
  return rows.map((row: Record<string, string | number>) => ({
    ...numbers(row),
    step: Number(row.step),
    stream: String(row.stream),
  }));
}

/** A page's view of many messages: hours only. */
const byStepSql = `SELECT TIMESTAMPDIFF(HOUR, ?, hour) DIV ? AS step, stream, ${sums}
  FROM postlane_hourly_message_stats WHERE hour >= ? AND hour < ? GROUP BY step, stream ORDER BY step, stream`;

/** Counts since `from` by template; composed mail has none. */
export async function countsByTemplate(db: Db, from: Date): Promise<(Counts & { template: string })[]> {
  const [rows] = await db.raw(
    `SELECT template, ${sums} FROM postlane_hourly_message_stats WHERE hour >= ? AND template <> '' GROUP BY template ORDER BY template`,
    [utc(from)],
  );
  return rows.map((row: Record<string, string | number>) => ({
    ...numbers(row),
    template: String(row.template),
  }));
}

/** The worst age of a due message, by step and stream. */
export async function queueByStep(
  db: Db,
  from: Date,
  to: Date,
  stepHours: number,
): Promise<{ step: number; stream: string; ageMs: number }[]> {
  const [rows] = await db.raw(
    `SELECT TIMESTAMPDIFF(HOUR, ?, hour) DIV ? AS step, stream, MAX(age_ms) AS ageMs
     FROM postlane_hourly_queue_ages WHERE hour >= ? AND hour < ? GROUP BY step, stream`,
    [utc(from), stepHours, utc(from), utc(to)],
  );
  return rows.map((row: Record<string, string | number>) => ({
    step: Number(row.step),
    stream: String(row.stream),
    ageMs: Number(row.ageMs),
  }));
}

/** Streams that messages were accepted on, in order; by seeks from one to the next. */
export async function listStreams(db: Db): Promise<string[]> {
  const streams: string[] = [];
  for (;;) {
    const row = await db('postlane_messages')
      .select('stream')
      .where('stream', '>', streams.at(-1) ?? '')
      .orderBy('stream')
      .first();
    if (!row) return streams;
    streams.push(row.stream);
  }
}

// Sums come as text.
function numbers(row: Record<string, string | number>): Counts {
  return Object.fromEntries(counted.map(column => [column, Number(row[column])])) as Counts;
}
