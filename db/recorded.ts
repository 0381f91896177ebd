import type { Db } from './connect.ts';
import { knexOn } from './host/client.ts';
import { migrations } from './migrations/index.ts';

/** The statements that these migrations would run on a database as it is now. They read it, and change nothing. */
export async function recordedStatements(db: Db, names: readonly string[]): Promise<string[]> {
  const statements: string[] = [];
  const connection = {
    query({ sql }: { sql: string }, done: (error: Error | null, rows?: unknown, fields?: unknown) => void) {
      if (/^\s*(SELECT|SHOW)\b/i.test(sql)) {
        db.raw(sql).then(
          ([rows, fields]) => done(null, rows, fields),
          (error: Error) => done(error),
        );
      } else {
        statements.push(sql.trim().replace(/;$/, ''));
        done(null, { affectedRows: 0, insertId: 0 }, undefined);
      }
    },
  };
  const recorder = knexOn({ acquire: async () => connection, release: async () => {} });
  for (const name of names) await migrations[name]?.up(recorder);
  return statements;
}
