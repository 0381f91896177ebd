import type { Db } from '../../../db/connect.ts';

/** What the server says of itself and of this session. */
export interface ServerFacts {
  version: string;
  /** The cipher of this connection; empty without TLS. */
  cipher: string;
  charset: string;
}

/** See {@link ServerFacts}. */
export async function serverFacts(db: Db): Promise<ServerFacts> {
  const [[row]] = await db.raw('SELECT VERSION() AS version, @@character_set_client AS charset');
  const [[tls]] = await db.raw("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  return { version: row.version, charset: row.charset, cipher: tls?.Value ?? '' };
}

/** Tables of ours with a column whose text is not full Unicode. */
export async function tablesInOtherCharsets(db: Db): Promise<string[]> {
  const rows: { name: string }[] = await db('information_schema.columns')
    .distinct({ name: 'table_name' })
    .whereRaw("table_schema = DATABASE() AND table_name LIKE 'postlane\\_%'")
    .whereNotIn('character_set_name', ['utf8mb4', 'ascii'])
    .orderBy('name');
  return rows.map(({ name }) => name);
}

/** Tables of ours with the name of their first column. */
export async function ownTables(db: Db): Promise<{ name: string; column: string }[]> {
  return db('information_schema.columns')
    .select({ name: 'table_name', column: 'column_name' })
    .whereRaw("table_schema = DATABASE() AND table_name LIKE 'postlane\\_%' AND ordinal_position = 1")
    .orderBy('name');
}

const verbs = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;
type Verb = (typeof verbs)[number];

// None of them finds a row; the server looks for the right before anything else.
const attempts: Record<Verb, string> = {
  SELECT: 'SELECT ?? FROM ?? WHERE 1 = 0',
  INSERT: 'INSERT INTO ?? (??) SELECT ?? FROM ?? WHERE 1 = 0',
  UPDATE: 'UPDATE ?? SET ?? = ?? WHERE 1 = 0',
  DELETE: 'DELETE FROM ?? WHERE 1 = 0',
};

const denied = new Set(['ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR']);

/** The rights that the user lacks on a table, found by trying each on no row. */
export async function missingRights(
  db: Db,
  { name, column }: { name: string; column: string },
): Promise<Verb[]> {
  const names: Record<Verb, string[]> = {
    SELECT: [column, name],
    INSERT: [name, column, column, name],
    UPDATE: [name, column, column],
    DELETE: [name],
  };
  const missing: Verb[] = [];
  for (const verb of verbs) {
    try {
      await db.raw(attempts[verb], names[verb]);
    } catch (error) {
      if (denied.has((error as { code?: string }).code ?? '')) missing.push(verb);
    }
  }
  return missing;
}

/** What the user was granted, statement by statement. */
export async function grants(db: Db): Promise<string[]> {
  const [rows]: Record<string, string>[][] = await db.raw('SHOW GRANTS');
  return (rows ?? []).flatMap(row => Object.values(row));
}

/** The name of the database in use. */
export async function databaseName(db: Db): Promise<string> {
  const [[row]] = await db.raw('SELECT DATABASE() AS name');
  return row.name;
}
