import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { Send } from '../sending/accept.ts';
import type { Audited } from '../shared/audit-store.ts';
import type { ChangeOptions } from '../shared/change.ts';
import type { Suppressions, SuppressionTarget } from './api.ts';
import type { ConsentRecords } from './consent-records.ts';

/** What consent is kept with: in the database, or in memory for the tests of hosts. */
export interface ConsentKeeping {
  suppressions: Pick<Suppressions, 'add'>;
  /**
   * Has the provider lift what stands at a place; what it returns does the same here, as a part of a change. Both throw
   * `wrong-state` for what stays.
   */
  lifting(
    target: SuppressionTarget,
    note: string,
    options: Pick<ChangeOptions, 'by' | 'trx'>,
  ): Promise<(recording: Recording) => Promise<void>>;
  /** The records as they are, or as a caller's transaction sees them. */
  records(options?: Pick<ChangeOptions, 'trx'>): Promise<ConsentRecords>;
  /** Makes a change in the caller's transaction or in one of its own, once under its key. */
  once<T>(
    change: { scope: string; request: unknown; options: ChangeOptions },
    work: (recording: Recording) => Promise<T>,
  ): Promise<T>;
}

/** Where statements are recorded: the records as a transaction sees them, and mail that leaves after its commit. */
export interface Recording {
  records: ConsentRecords;
  /** Writes the change down, where somebody is named who makes it. */
  audit(change: Audited): Promise<void>;
  send: Send;
  trx: CallerTransaction | undefined;
}
