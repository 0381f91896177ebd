import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AlertsRow } from '../../../db/rows.ts';
import { utc } from '../shared/time.ts';

const raised = columns<AlertsRow>()('postlane_alerts', ['kind', 'subject', 'raisedAt']);

/** Identifies an alert: of each kind and subject one is open at a time. */
export type AlertKey = Pick<AlertsRow, 'kind' | 'subject'>;

/** Keeps an alert with its evidence, the latest while it is open. True when it was not open before. */
export async function openAlert(
  db: Db,
  { kind, subject }: AlertKey,
  evidence: object,
  now: Date,
): Promise<boolean> {
  const text = JSON.stringify(evidence);
  const open = { kind, subject, open: 1 };
  if ((await db('postlane_alerts').where(open).update({ evidence: text })) > 0) return false;
  const [result] = await db.raw(
    'INSERT IGNORE INTO postlane_alerts (kind, subject, open, evidence, raised_at) VALUES (?, ?, 1, ?, ?)',
    [kind, subject, text, utc(now)],
  );
  return result.affectedRows > 0;
}

/** Alerts that are open, in the order they were raised. */
export async function openAlerts(db: Db): Promise<Selected<typeof raised>[]> {
  return db('postlane_alerts').select(raised.aliases).where({ open: 1 }).orderBy('id');
}

/** Ends an alert. False when it was not open. */
export async function closeAlert(db: Db, { kind, subject }: AlertKey, now: Date): Promise<boolean> {
  const closed = await db('postlane_alerts')
    .where({ kind, subject, open: 1 })
    .update({ open: null, resolved_at: utc(now) });
  return closed > 0;
}
