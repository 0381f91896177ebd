import { setTimeout as sleep } from 'node:timers/promises';
import { Agenda, type Job } from 'agenda';
import knex from 'knex';
import { connectionSettings } from '../../db/connect.ts';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';

// A worker process for agenda-processes.test.ts: says "n" for each run, and dies in a job that tells it to.
const { TEST_DATABASE_URL = '', PREFIX = '', ISOLATION = '', NAME = '' } = process.env;

interface Session {
  query(sql: string, done: (error: Error | null) => void): void;
}

const prepare = (session: Session, done: (error: Error | null, session: Session) => void) =>
  session.query(`SET SESSION TRANSACTION ISOLATION LEVEL ${ISOLATION}`, error => done(error, session));
const pool = knex({
  client: 'mysql2',
  connection: connectionSettings(TEST_DATABASE_URL),
  pool: { min: 0, max: 8, afterCreate: prepare },
});
// The backend asks for READ COMMITTED by itself; here it is to get along with the level it is given.
const transaction = pool.transaction.bind(pool);
Object.defineProperty(pool, 'transaction', {
  value: (work: Parameters<typeof transaction>[0]) => transaction(work),
});
const backend = new MysqlBackend({ knex: pool, tablePrefix: PREFIX, poisonAfter: 2 });
await backend.connect();
const agenda = new Agenda({
  backend,
  name: NAME,
  processEvery: 100,
  maxConcurrency: 30,
  defaultConcurrency: 30,
  defaultLockLimit: 60,
  defaultLockLifetime: 1000,
});
agenda.on('error', error => process.stderr.write(`${error.message}\n`));
await agenda.ready;

const say = async (job: Job<{ n: number }>) => void process.stdout.write(`${job.attrs.data.n}\n`);
agenda.define('job', say, { lockLifetime: 60_000 });
agenda.define<{ n: number }>('slow', async job => {
  process.stdout.write(`began ${job.attrs.data.n}\n`);
  await sleep(700);
  await say(job);
});
agenda.define('deadly', async () => process.kill(process.pid, 'SIGKILL'));
process.stdout.write('ready\n');
await agenda.start();
process.once('SIGTERM', async () => {
  await agenda.drain(5000);
  process.exit(0);
});
