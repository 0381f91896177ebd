import type { Knex } from 'knex';
import { createTables, dropTables } from '../../worker/agenda-mysql/tables.ts';

/** The job scheduler's tables, in the same database as everything else. */
export async function up(db: Knex): Promise<void> {
  await createTables(db, 'postlane_agenda_');
}

export async function down(db: Knex): Promise<void> {
  await dropTables(db, 'postlane_agenda_');
}
