import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { connect, type Db } from '../../db/connect.ts';
import { findEngine } from '../../db/local/engine.ts';
import { type LocalDatabase, startLocalDatabase } from '../../db/local.ts';
import { createDatabase } from '../../db/migrate.ts';
import { createScheduler, MysqlBackend, type Scheduler } from '../../worker/agenda-mysql/index.ts';
import { until } from '../support/until.ts';

const jobs = 300;
const jobMs = 20;

describe('the job scheduler when the database server goes away', function () {
  this.timeout(240_000);
  let root: string;
  let server: LocalDatabase | undefined;
  let pool: Db | undefined;
  let scheduler: Scheduler | undefined;

  before(async function () {
    // With DATABASE_URL the machine need not have a server of its own.
    if (!(await findEngine())) this.skip();
  });
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'postlane-agenda-'));
  });
  afterEach(async () => {
    await scheduler?.stop({ timeoutMs: 5000 });
    await pool?.destroy();
    await server?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const start = () => startLocalDatabase({ name: 'test', root, log: () => {} });
  const ways: [how: string, end: (server: LocalDatabase) => Promise<void>][] = [
    ['is shut down', running => running.stop()],
    ['is killed', running => killServer(running)],
  ];

  for (const [how, end] of ways) {
    it(`goes on when it ${how} in the middle of jobs and comes back; none is lost`, async () => {
      server = await start();
      await createDatabase(server.url);
      pool = connect(server.url, { poolSize: 8 });
      const backend = new MysqlBackend({ knex: pool });
      const runs = new Map<number, number>();
      let ticks = 0;
      scheduler = createScheduler({ backend, name: 'worker', log: silent, processEveryMs: 200 });
      scheduler.define(
        'count',
        async ({ data }) => {
          const { n } = data as { n: number };
          await sleep(jobMs);
          runs.set(n, (runs.get(n) ?? 0) + 1);
        },
        { concurrency: 10, lockLimit: 20, lockLifetimeMs: 5000 },
      );
      scheduler.define('tick', async () => void ticks++, { every: '1 second', lockLifetimeMs: 5000 });
      await scheduler.start();

      const accepted: number[] = [];
      const feeding = feed(scheduler, accepted);
      await until('a third has run', () => runs.size > jobs / 3 || `${runs.size}`, { everyMs: 5 });
      await end(server);
      server = undefined;
      const ranBefore = runs.size;
      const tickedBefore = ticks;
      await sleep(1000); // several ticks of the processor find no server
      server = await start();
      await feeding;
      await until('all have run', () => accepted.every(n => runs.has(n)) || `${runs.size}`);
      expect(runs.size, 'some ran after it came back').to.be.above(ranBefore);
      expect(accepted, 'what was refused was offered again').to.have.length(jobs);
      await until('its schedule goes on', () => ticks > tickedBefore || `${ticks}`);
      await until('no job is left behind', async () => {
        const { total } = await backend.repository.queryJobs({ name: 'count', limit: 1 });
        return total === 0 || `${total} left`;
      });
      // At least once is what Agenda gives: an answer that got lost with the server may cost a second run.
      const twice = [...runs.values()].filter(count => count > 1).length;
      expect(twice, 'run more than once').to.be.at.most(40);
    });
  }

  /** Saves the jobs one after the other; one whose save fails is saved again once the server is back. */
  async function feed(to: Scheduler, accepted: number[]): Promise<void> {
    for (let n = 0; n < jobs; n++) {
      while (!(await offered(to, n))) await sleep(100);
      accepted.push(n);
      await sleep(5);
    }
  }

  async function offered(to: Scheduler, n: number): Promise<boolean> {
    try {
      await to.trigger('count', { n });
      return true;
    } catch {
      return false;
    }
  }

  async function killServer(running: LocalDatabase): Promise<void> {
    const pid = Number(readFileSync(join(root, '.postlane/test/server.pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await running.stop();
  }
});

const silent = { info() {}, warn() {}, error() {} };
