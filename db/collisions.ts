import type { Db } from './connect.ts';
import { recordedStatements } from './recorded.ts';

/** What stands in the way of migrations, each in words with the remedy; empty when they can begin. Changes nothing. */
export async function findCollisions(db: Db, pending: readonly string[]): Promise<string[]> {
  const statements = await recordedStatements(db, pending);
  return [...(await foreignTables(db, statements)), ...(await missingRights(db, statements))];
}

interface Found {
  name: string;
  type: string;
  engine: string | null;
  collation: string | null;
  columns: string;
}

/** Tables of our names that are not as a run that was cut short would have left them. */
async function foreignTables(db: Db, statements: readonly string[]): Promise<string[]> {
  const wanted = new Map(statements.flatMap(createdTable));
  const [found]: Found[][] = await db.raw(
    `SELECT t.table_name AS name, t.table_type AS type, t.engine AS engine, t.table_collation AS collation,
       (SELECT GROUP_CONCAT(c.column_name) FROM information_schema.columns c
        WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name) AS columns
     FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_name LIKE 'postlane\\_%'`,
  );
  return (found ?? []).flatMap(table => {
    const columns = wanted.get(table.name);
    const fault = columns && faultOf(table, columns);
    return fault ? [`${table.name} ${fault}: rename it, or give Postlane a database of its own.`] : [];
  });
}

function faultOf({ type, engine, collation, columns }: Found, wanted: readonly string[]): string | null {
  if (type !== 'BASE TABLE') return `exists as a ${type.toLowerCase()}`;
  const has = new Set(columns.split(','));
  const missing = wanted.filter(column => !has.has(column));
  if (missing.length > 0)
    return `exists and is not Postlane's (it has no column ${missing.slice(0, 3).join(', ')})`;
  if (engine !== 'InnoDB') return `is stored by ${engine}, not by InnoDB`;
  if (!collation?.startsWith('utf8mb4')) return `has the collation ${collation}, not one of utf8mb4`;
  return null;
}

/** The name and the columns of a table that a statement creates. */
function createdTable(statement: string): [name: string, columns: string[]][] {
  const [, name, body] = /^CREATE TABLE IF NOT EXISTS `?(\w+)`? \(\s*([\s\S]*)\)/.exec(statement) ?? [];
  if (!name || !body) return [];
  const lines = body.split('\n').map(line => line.trim());
  return [[name, lines.flatMap(line => /^`?([a-z_]+)`? [A-Z]/.exec(line)?.[1] ?? [])]];
}

/** Rights that statements need and that the user certainly lacks. */
async function missingRights(db: Db, statements: readonly string[]): Promise<string[]> {
  const needed = [...new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', ...statements.flatMap(rightsFor)])];
  const [rows] = await db.raw('SHOW GRANTS');
  const grants: string[] = rows.map((row: object) => String(Object.values(row)[0]));
  // What a role gives is not told here.
  if (grants.some(grant => !/^GRANT .+ ON .+ TO /i.test(grant))) return [];
  const [[{ name, user }]] = await db.raw('SELECT DATABASE() AS name, CURRENT_USER() AS user');
  const given = grants.flatMap(grant => rightsOn(name, grant));
  const missing = given.includes('ALL PRIVILEGES') ? [] : needed.filter(right => !given.includes(right));
  return missing.length === 0
    ? []
    : [
        `The user ${user} may not ${missing.join(', ')} on ${name}: migrate as a user who may, by "postlane migrate" in the deploy, or have the statements of "postlane migrate --sql" run.`,
      ];
}

function rightsFor(statement: string): string[] {
  const word = /^\w+/.exec(statement)?.[0].toUpperCase() ?? '';
  const references = /\bFOREIGN KEY\b/i.test(statement) ? ['REFERENCES'] : [];
  if (word === 'CREATE') return ['CREATE', 'INDEX', ...references];
  return word === 'ALTER' || word === 'DROP' ? [word, ...references] : [];
}

function rightsOn(database: string, grant: string): string[] {
  const [, rights = '', level = ''] = /^GRANT (.+?) ON (?:TABLE )?(\S+) TO /i.exec(grant) ?? [];
  const pattern = /^`(.+)`\.\*$/.exec(level)?.[1];
  const applies = level === '*.*' || (pattern !== undefined && matches(pattern, database));
  return applies ? rights.toUpperCase().split(/,\s*/) : [];
}

/** As LIKE does it: % and _ stand for anything, unless after a backslash. */
function matches(pattern: string, database: string): boolean {
  const expression = pattern.replace(/\\([%_])|([%_])|([^\w])/g, (_, escaped, wildcard, other) =>
    escaped ? escaped : wildcard === '%' ? '.*' : wildcard ? '.' : `\\${other}`,
  );
  return new RegExp(`^${expression}$`, 'i').test(database);
}
