import type { Knex } from 'knex';
import * as ledger from './20261121_01_ledger.ts';
import * as agenda from './20261121_02_agenda.ts';

interface Migration {
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

/** Every migration by name, in order; imported, not read from a folder, so that builds and loaders agree. */
export const migrations: Record<string, Migration> = {
  '20261121_01_ledger': ledger,
  '20261121_02_agenda': agenda,
};
