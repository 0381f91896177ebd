import type { Knex } from 'knex';
import * as baseline from './20261201_baseline/index.ts';
import * as composedMail from './20261202_composed_mail.ts';

// The rules of a migration:
// - It is frozen: once released it is never edited, and it imports nothing that goes on changing. It may use
//   helpers.ts, which is frozen as well, and files in a folder of its own.
// - It can be repeated: DDL commits by itself, so a process that is killed leaves a part of its steps done, and the next
//   one runs all of them again. CREATE TABLE IF NOT EXISTS, addColumnIfMissing, addIndexIfMissing; a change of data says
//   in its WHERE what is still to be changed.
// - The release before goes on working on the new tables until its processes are replaced: columns are added with a
//   default or NULL, and dropped a release after their last use.
// - Every name begins with `postlane_`: the tables live in the host's own database.

interface Migration {
  up(db: Knex): Promise<void>;
}

/** Every migration by name, in order; imported, not read from a folder, so that builds and loaders agree. */
export const migrations: Record<string, Migration> = {
  '20261201_baseline': baseline,
  '20261202_composed_mail': composedMail,
};
