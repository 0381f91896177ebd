import type { Knex } from 'knex';
import { upgradeTables } from '../../worker/agenda-mysql/tables.ts';

/** The job tables of the scheduler's version 2; where they were made by it, there is nothing left to do. */
export async function up(db: Knex): Promise<void> {
  await upgradeTables(db, 'postlane_agenda_');
}

/** Forward only: the older code works on the newer tables. */
export async function down(): Promise<void> {}
