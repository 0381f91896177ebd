import type { Knex } from 'knex';
import type { Db } from '../../db/connect.ts';

/** How many rows the engine touched to do some work: it grows with what is read, not with how fast the machine is. */
export async function rowsTouched(db: Db, work: (db: Db) => Promise<unknown>): Promise<number> {
  // One connection, for the counters are its own.
  return db.transaction(async trx => {
    const before = await handlerReads(trx);
    await work(trx);
    return (await handlerReads(trx)) - before;
  });
}

async function handlerReads(trx: Knex): Promise<number> {
  const [rows]: { Value: string }[][] = await trx.raw("SHOW SESSION STATUS LIKE 'Handler_read%'");
  return (rows ?? []).reduce((sum, { Value }) => sum + Number(Value), 0);
}
