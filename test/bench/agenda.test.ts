import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';

// Not part of `npm test`, which measures nothing: `npm test -- test/bench`.
describe('npm run bench -- agenda', function () {
  this.timeout(180_000);

  it('measures each promise of the job storage and prints a line of JSON for it', async () => {
    const args = [
      '--import',
      'tsx',
      'test/bench/main.ts',
      'agenda',
      '--json',
      '--rounds',
      '1',
      '--jobs',
      '100',
    ];
    const bench = spawn(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: testDatabaseUrl() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [output, errors, [code]] = await Promise.all([
      text(bench.stdout),
      text(bench.stderr),
      once(bench, 'exit'),
    ]);
    expect(code, errors).to.equal(0);
    const results = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    const parts = results.map(({ part, unit }) => `${part}: ${unit}`);
    expect(parts).to.include.members([
      'agenda backlog: jobs/s',
      'agenda live: jobs/s',
      'agenda live start latency p50: ms',
      'agenda claim beside 1000 finished jobs: ms',
      'agenda idle, 20 names, 1 s tick: queries/s',
      'agenda, 4 processes, READ COMMITTED, each job once: jobs/s',
      'agenda, 4 processes, REPEATABLE READ, each job once: jobs/s',
    ]);
    for (const { ours } of results) expect(ours).to.be.above(0);
    // The one figure that is the same on any machine.
    expect(results.find(({ unit }) => unit === 'queries/s').ours).to.be.at.most(2);
    // Where there is no PostgreSQL it says so, and there is nothing to compare with.
    expect(results[0].pair === null).to.equal(errors.includes('PostgreSQL is not installed'));
  });
});
