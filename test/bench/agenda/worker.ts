import { Agenda } from 'agenda';
import knex from 'knex';
import { connectionSettings } from '../../../db/connect.ts';
import { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Word } from './processes.ts';
import { tablePrefix } from './side.ts';

// A worker process of processes.ts. Its pool is a host's: sessions of one isolation level and no other.
const { BENCH_DATABASE_URL = '', BENCH_ISOLATION = '' } = process.env;

interface Session {
  query(sql: string, done: (error: Error | null) => void): void;
}

const prepare = (session: Session, done: (error: Error | null, session: Session) => void) =>
  session.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${BENCH_ISOLATION}`, error => done(error, session));
const pool = knex({
  client: 'mysql2',
  connection: connectionSettings(BENCH_DATABASE_URL),
  pool: { min: 0, max: 10, afterCreate: prepare },
});
// The backend would ask for READ COMMITTED by itself; here it is to get along with what it is measured under.
const transaction = pool.transaction.bind(pool);
Object.defineProperty(pool, 'transaction', {
  value: (work: Parameters<typeof transaction>[0]) => transaction(work),
});

const backend = new MysqlBackend({ knex: pool, tablePrefix, ensureSchema: false });
await backend.connect();
const agenda = new Agenda({
  backend,
  name: `bench-${process.pid}`,
  processEvery: 1000,
  defaultConcurrency: 50,
  maxConcurrency: 50,
  defaultLockLimit: 100,
});
const say = (word: Word) => void process.send?.(word);
agenda.on('error', error => say({ kind: 'fault', message: error.message }));
agenda.define<{ job: number }>('no-op', async job => say({ kind: 'ran', job: job.attrs.data.job }));
await agenda.start();
say({ kind: 'ready' });
process.once('message', async () => {
  await agenda.drain(10_000);
  process.exit(0);
});
