import type { Knex } from 'knex';
import { addColumnIfMissing } from './helpers.ts';

/** When what was entered here comes to an end by itself. What a provider reported never does. */
export async function up(db: Knex): Promise<void> {
  for (const table of ['postlane_suppressions', 'postlane_suppression_changes'])
    await addColumnIfMissing(db, table, 'expires_at', 'DATETIME(3) NULL');
}
