import { Agenda } from 'agenda';
import { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import { isolatedPool } from '../../support/isolated-pool.ts';
import type { Word } from './processes.ts';
import { tablePrefix } from './side.ts';

// A worker process of processes.ts. Its pool is a host's.
const { BENCH_DATABASE_URL = '', BENCH_ISOLATION = '' } = process.env;
const pool = isolatedPool(BENCH_DATABASE_URL, BENCH_ISOLATION, 10);

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
