import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { Send } from '../sending/accept.ts';
import type { Audited } from '../shared/audit-store.ts';
import type { ChangeOptions } from '../shared/change.ts';
import type { Suppressions } from './api.ts';
import type { ConsentRecords } from './consent-records.ts';

/** What consent is kept with: in the database, or in memory for the tests of hosts. */
export interface ConsentKeeping {
  suppressions: Pick<Suppressions, 'add' | 'lift'>;
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
