import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import {
  type AuditEntry,
  type AuditFilter,
  type AuditPage,
  type Change,
  listAudit,
  listAuditActions,
  readAuditEntry,
  recordChange,
} from './audit-store.ts';

/** Who changed what: `mail.audit`. Flows write their own entries. */
export interface Audit {
  /** Changes that match, newest first, without what was before and after. */
  list(filter?: AuditFilter | undefined): Promise<AuditPage>;
  /** One change with before and after; null when there is none. */
  get(id: string): Promise<AuditEntry | null>;
  /** Every action that was ever recorded, sorted. */
  actions(): Promise<string[]>;
  /** Records a change that others make, the admin app's, in their transaction where one is given. */
  record(
    change: Omit<Change, 'at'> & { at?: Date | undefined },
    options?: { trx?: Db | undefined } | undefined,
  ): Promise<void>;
}

/** See {@link Audit}. */
export function createAudit({ db, now }: MailContext): Audit {
  return {
    list: (filter = {}) => listAudit(db, filter),
    get: id => readAuditEntry(db, id),
    actions: () => listAuditActions(db),
    async record({ at = now(), ...change }, { trx = db } = {}) {
      await recordChange(trx, { ...change, at });
    },
  };
}
