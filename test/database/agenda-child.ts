import { setTimeout as sleep } from 'node:timers/promises';
import { Agenda, type Job } from 'agenda';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { isolatedPool } from '../support/isolated-pool.ts';

// A worker process for agenda-processes.test.ts: says "n" for each run, and dies in a job that tells it to.
const { TEST_DATABASE_URL = '', PREFIX = '', ISOLATION = '', NAME = '' } = process.env;
const pool = isolatedPool(TEST_DATABASE_URL, ISOLATION, 8);
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
