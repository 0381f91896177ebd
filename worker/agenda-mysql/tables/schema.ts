import { asKnex, type HostKnex } from '../database/host-knex.ts';
import { type Tables, tablesOf } from '../database/table-names.ts';
import { createTables, readSchemaVersion, schemaVersion, upgradeTables } from './tables.ts';

/**
 * Creates the tables, or brings older ones up to date; of several processes starting at once one does it and
 * the others wait (GET_LOCK, at most 60 s). Returns whether there was anything to do.
 */
export async function migrate(db: HostKnex, prefix: string): Promise<boolean> {
  const tables = tablesOf(prefix);
  if ((await readSchemaVersion(db, tables)) === schemaVersion) return false;
  return asKnex(db).transaction(async lockHolder => {
    const lock = `CONCAT('agenda:', LEFT(SHA2(CONCAT(DATABASE(), '.', ?), 256), 40))`;
    const [rows] = await lockHolder
      .raw(`SELECT GET_LOCK(${lock}, 60)`, [tables.jobs])
      .options({ rowsAsArray: true });
    if (Number(rows[0][0]) !== 1) throw new Error('Another process has been migrating for a minute.');
    try {
      if ((await readSchemaVersion(lockHolder, tables)) === schemaVersion) return false;
      await upgradeTables(lockHolder, prefix);
      await createTables(lockHolder, prefix);
      return true;
    } finally {
      await lockHolder.raw(`SELECT RELEASE_LOCK(${lock})`, [tables.jobs]);
    }
  });
}

/** Refuses to work on tables that are missing or of another version, and says what to do about it. */
export async function checkSchema(db: HostKnex, tables: Tables): Promise<void> {
  const version = await readSchemaVersion(db, tables);
  if (version === schemaVersion) return;
  if (version === undefined) throw new Error(`Table ${tables.jobs} is missing: run backend.migrate() first.`);
  const remedy = version < schemaVersion ? 'run backend.migrate() first' : 'update the code, it is older';
  throw new Error(`The tables of ${tables.jobs} are version ${version}, not ${schemaVersion}: ${remedy}.`);
}
