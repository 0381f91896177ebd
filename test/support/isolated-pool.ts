import knex, { type Knex } from 'knex';
import { connectionSettings } from '../../db/database-options.ts';

interface Session {
  query(sql: string, done: (error: Error | null) => void): void;
}

/**
 * A host's pool whose sessions have one isolation level and keep it: the backend asks for READ COMMITTED by itself, and
 * here it is to get along with the level it is given.
 */
export function isolatedPool(url: string, isolation: string, max: number): Knex {
  const prepare = (session: Session, done: (error: Error | null, session: Session) => void) =>
    session.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`, error => done(error, session));
  const pool = knex({
    client: 'mysql2',
    connection: connectionSettings(url),
    pool: { min: 0, max, afterCreate: prepare },
  });
  const transaction = pool.transaction.bind(pool);
  Object.defineProperty(pool, 'transaction', {
    value: (work: Parameters<typeof transaction>[0]) => transaction(work),
  });
  return pool;
}
