import type { Knex } from 'knex';
import { addColumnIfMissing } from './helpers.ts';

/** Where a session began, and when its owner last typed the password. */
export async function up(db: Knex): Promise<void> {
  const table = 'postlane_account_sessions';
  await addColumnIfMissing(db, table, 'address', 'VARCHAR(64) NULL');
  await addColumnIfMissing(db, table, 'confirmed_at', 'DATETIME(3) NULL');
}
