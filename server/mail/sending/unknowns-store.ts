import type { Db } from '../../../db/connect.ts';
import { inTransaction } from '../shared/transaction.ts';
import { utc } from '../shared/utc.ts';
import { lockOverdue, type Overdue } from './overdue-store.ts';

/** A message whose last attempt nobody can account for. */
export type UnknownMessage = Omit<Overdue, 'handedAt' | 'createdAt'> & { handedAt: Date };

/** Takes unknowns whose next search is due and moves that search to `nextAskAt`, so that no one else asks meanwhile. */
export async function claimUnknown(
  db: Db,
  { limit, now, nextAskAt }: { limit: number; now: Date; nextAskAt: Date },
): Promise<UnknownMessage[]> {
  return inTransaction(db, async trx => {
    const rows = await lockOverdue(trx, 'unknown', { limit, now });
    if (rows.length === 0) return [];
    await trx('postlane_messages')
      .whereIn(
        'id',
        rows.map(row => row.messageId),
      )
      .update({ due_at: utc(nextAskAt) });
    return rows.map(({ createdAt, handedAt, ...row }) => ({ ...row, handedAt: handedAt ?? createdAt }));
  });
}
