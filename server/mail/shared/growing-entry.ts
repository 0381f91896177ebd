import type { Db } from '../../../db/connect.ts';
import type { AuditAction } from './audit-actions.ts';
import { type Actor, amendEntry, audited } from './audit-store.ts';

/** The audit entry of a change that is made page by page: it grows in the transactions of the pages. */
export interface GrowingEntry {
  save(trx: Db, after: Record<string, number>): Promise<void>;
}

/** Begins it; nothing is stored before the first page is. */
export function growingEntry(
  actor: Actor,
  { action, subject, now }: { action: AuditAction; subject: string; now: () => Date },
): GrowingEntry {
  let entryId: string | null = null;
  return {
    async save(trx, after) {
      // Not there when the transaction that inserted it was rolled back and is done again.
      if (entryId !== null && (await amendEntry(trx, entryId, after))) return;
      entryId = await audited(trx, actor, { action, subject, after, at: now() });
    },
  };
}
