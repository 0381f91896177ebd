/** What a migration of ours does. */
const ddl = ['CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES'] as const;

/** `unknown`: a role may have it. */
export type SchemaRights = { kind: 'all' } | { kind: 'missing'; rights: string[] } | { kind: 'unknown' };

/** Whether these grants let their user change the schema of a database. */
export function schemaRights(statements: readonly string[], database: string): SchemaRights {
  const held = new Set(statements.flatMap(statement => rightsOn(statement, database)));
  const missing = held.has('ALL PRIVILEGES') ? [] : ddl.filter(right => !held.has(right));
  if (missing.length === 0) return { kind: 'all' };
  const hasRole = statements.some(statement => /^GRANT [`'"]/i.test(statement));
  return hasRole ? { kind: 'unknown' } : { kind: 'missing', rights: missing };
}

function rightsOn(statement: string, database: string): string[] {
  const [, rights = '', on = ''] = /^GRANT (.+?) ON (.+?) TO /i.exec(statement) ?? [];
  return covers(on, database) ? rights.toUpperCase().split(/,\s*/) : [];
}

/** Grants on all databases, or on this one, whose name may be a pattern. */
function covers(on: string, database: string): boolean {
  const name = on.replaceAll('`', '');
  if (name === '*.*') return true;
  if (!name.endsWith('.*')) return false;
  const pattern = name
    .slice(0, -2)
    .replace(/\\?[^\\]/g, part =>
      part === '%' ? '.*' : part === '_' ? '.' : part.slice(-1).replace(/[.*+?^${}()|[\]]/g, '\\$&'),
    );
  return new RegExp(`^${pattern}$`, 'i').test(database);
}
