import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';
import { agendaBench, aJob, until as untilWithin } from './agenda-support.ts';

describe('agenda on MySQL: several processes', function () {
  this.timeout(180_000);
  const bench = agendaBench();
  const children: ChildProcess[] = [];
  const until = (check: () => boolean | Promise<boolean>) => untilWithin(check, 60_000);
  const script = fileURLToPath(new URL('./agenda-child.ts', import.meta.url));

  /** Starts a worker process; its runs are collected in `lines`, what went wrong in `faults`. */
  function worker(isolation: string) {
    const env = {
      ...process.env,
      TEST_DATABASE_URL: testDatabaseUrl(),
      PREFIX: bench.prefix,
      ISOLATION: isolation,
      NAME: `w${children.length}`,
    };
    const child = spawn(process.execPath, ['--import', 'tsx', script], { env });
    children.push(child);
    const lines: string[] = [];
    const faults: string[] = [];
    collect(child.stdout, lines);
    collect(child.stderr, faults);
    return { child, lines, faults };
  }

  function collect(stream: NodeJS.ReadableStream, lines: string[]): void {
    let rest = '';
    stream.on('data', chunk => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
    });
  }

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  it('run each job exactly once, at either isolation level, and leave no lock when told to stop', async () => {
    const backend = await bench.backend();
    const workers = [worker('READ COMMITTED'), worker('REPEATABLE READ')];
    await until(() => workers.every(({ lines }) => lines.includes('ready')));
    const total = 5000;
    let next = 0;
    const agenda = await bench.agenda(backend, { name: 'producer' });
    const produce = async () => {
      while (next < total) await agenda.now('job', { n: next++ });
    };
    await Promise.all(Array.from({ length: 10 }, produce));
    const runs = () => workers.flatMap(({ lines }) => lines.filter(line => line !== 'ready'));
    await until(() => runs().length >= total);
    for (const { child } of workers) child.kill('SIGTERM');
    await Promise.all(workers.map(({ child }) => once(child, 'exit')));
    expect(runs()).to.have.length(total);
    expect(new Set(runs()).size).to.equal(total);
    expect(workers.map(({ faults }) => faults)).to.deep.equal([[], []]);
    expect(await backend.repository.queryJobs({ state: 'completed', limit: 1 })).to.include({ total });
  });

  it('run a job again, once, whose process was killed in the middle of it', async () => {
    const backend = await bench.backend();
    await backend.repository.saveJob(aJob({ name: 'slow', data: { n: 1 } }));
    const first = worker('READ COMMITTED');
    await until(() => first.lines.includes('began 1'));
    first.child.kill('SIGKILL');
    const other = worker('READ COMMITTED');
    await until(() => other.lines.includes('1'));
    await until(
      async () => (await backend.repository.queryJobs({ state: 'completed', limit: 1 })).total === 1,
    );
    await sleep(1500); // longer than its lock lives
    expect([...first.lines, ...other.lines].filter(line => line === '1')).to.deep.equal(['1']);
  });

  it('recover the jobs of one that was killed, and quarantine the job that kills each of them', async () => {
    const backend = await bench.backend();
    const { _id } = await backend.repository.saveJob(aJob({ name: 'deadly' }));
    for (let life = 1; life <= 3; life++) {
      const { child } = worker('READ COMMITTED');
      const [, signal] = await once(child, 'exit');
      expect(signal, `life ${life}`).to.equal('SIGKILL');
    }
    const { lines } = worker('READ COMMITTED');
    await until(async () => (await backend.repository.getJobById(`${_id}`))?.disabled === true);
    await backend.repository.saveJob(aJob({ name: 'job', data: { n: 7 } }));
    await until(() => lines.includes('7'));
    expect((await backend.repository.getJobById(`${_id}`))?.failReason).to.match(/^Quarantined/);
  });
});
