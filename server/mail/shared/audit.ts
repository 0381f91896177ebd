import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import {
  type AuditFilter,
  type Change,
  listAudit,
  listAuditActions,
  readAuditEntry,
  recordChange,
} from './audit-store.ts';

/** Who changed what. Flows write their own entries; `record` is for changes that others make, the admin app's. */
export function createAudit({ db, now }: MailContext) {
  return {
    list: (filter: AuditFilter = {}) => listAudit(db, filter),
    get: (id: string) => readAuditEntry(db, id),
    /** Every action that was ever recorded, sorted. */
    actions: () => listAuditActions(db),
    async record(change: Omit<Change, 'at'> & { at?: Date }, { trx = db }: { trx?: Db } = {}): Promise<void> {
      await recordChange(trx, { at: now(), ...change });
    },
  };
}
