import type { Db } from '../../../db/connect.ts';

/** When a provider last reported something, and when the last mail was handed over of which nothing was reported. */
export interface LatestReports {
  eventAt: Date | null;
  unreportedAt: Date | null;
}

/** See {@link LatestReports}. */
export async function latestReports(db: Db): Promise<LatestReports> {
  const [[event]] = await db.raw(
    `SELECT received_at AS at FROM postlane_events FORCE INDEX (events_received) WHERE source = 'webhook'
     ORDER BY received_at DESC LIMIT 1`,
  );
  const [[message]] = await db.raw(
    `SELECT sent_at AS at FROM postlane_messages FORCE INDEX (messages_state) WHERE state = 'sent'
     ORDER BY id DESC LIMIT 1`,
  );
  return { eventAt: event?.at ?? null, unreportedAt: message?.at ?? null };
}

/** Answers of the last day with which mail was refused for its sender, the newest first. */
export async function refusedSenders(db: Db): Promise<string[]> {
  const [rows]: { answer: string }[][] = await db.raw(
    `SELECT answer FROM (SELECT code, answer, settled_at FROM postlane_attempts ORDER BY id DESC LIMIT 500) latest
     WHERE code IN ('postmark-400', 'postmark-401') AND settled_at > UTC_TIMESTAMP() - INTERVAL 1 DAY`,
  );
  return (rows ?? []).map(({ answer }) => answer);
}
