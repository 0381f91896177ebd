import type { Knex } from 'knex';
import type { Db, Trx } from '../../db/connect.ts';

/** A line of EXPLAIN. */
export interface PlanStep {
  table: string | null;
  type: string | null;
  key: string | null;
  rows: string | number | null;
  Extra: string | null;
}

/** EXPLAIN of every SELECT, UPDATE and DELETE that `ask` makes, in one list; what it changed is put back. */
export async function planOf(db: Db, ask: (trx: Trx) => Promise<unknown>): Promise<PlanStep[]> {
  const asked: { sql: string; bindings: readonly Knex.Value[] }[] = [];
  const listen = (query: { sql: string; bindings?: readonly Knex.Value[] }) => {
    asked.push({ sql: query.sql, bindings: query.bindings ?? [] });
  };
  const undo = new Error('undo');
  await db
    .transaction(async trx => {
      trx.on('query', listen);
      await ask(trx);
      trx.off('query', listen);
      throw undo;
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error;
    });
  const steps = await Promise.all(
    asked
      .filter(({ sql }) => /^\s*(SELECT|UPDATE|DELETE)/i.test(sql))
      .map(({ sql, bindings }) =>
        db.raw(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, [...bindings]).then(([rows]) => rows),
      ),
  );
  return steps.flat();
}
