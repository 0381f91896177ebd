import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';
import { readOptions } from './options.ts';
import { jsonLine, type Result } from './report.ts';
import { median, percentile } from './statistics.ts';

// Not part of `npm test`, which measures nothing: `npm test -- test/bench`.
describe('npm run bench', function () {
  this.timeout(120_000);

  it('measures a campaign against its pair and prints one line of JSON', async () => {
    const { code, output } = await bench('campaign', '--json', '--rounds', '1', '--recipients', '40');
    expect(code, output).to.equal(0);
    const [line, ...more] = output.trim().split('\n');
    expect(more).to.deep.equal([]);
    const { part, ours, pair, unit, ratio } = JSON.parse(line ?? '');
    expect({ part, unit }).to.deep.equal({ part: 'campaign', unit: 'mails/s' });
    expect(ours).to.be.above(0);
    expect(pair).to.be.above(0);
    expect(ratio).to.be.closeTo(ours / pair, 0.05 * ratio);
  });

  it('measures single sends against the bare client, each figure with its own line', async () => {
    const results = await linesOf('send', '--rounds', '1', '--sends', '8');
    expect(results.map(({ part }) => part)).to.deep.equal([
      'send',
      'send-p95',
      'send-throughput',
      'send-accept',
    ]);
    for (const { part, ours, pair } of results) {
      expect(ours, part).to.be.above(0);
      expect(pair === null, part).to.equal(part === 'send-accept');
    }
  });

  it('measures password resets beside a campaign against the same alone', async () => {
    const results = await linesOf('lanes', '--rounds', '1', '--sends', '3', '--recipients', '40');
    expect(results.map(({ part, unit }) => [part, unit])).to.deep.equal([
      ['lanes', 'ms'],
      ['lanes-p99', 'ms'],
    ]);
    for (const { ours, pair } of results) expect(Math.min(ours, pair ?? 0)).to.be.above(0);
  });

  it('measures webhooks against a bare door, and finds the same rows in any order', async () => {
    const results = await linesOf('webhooks', '--rounds', '1', '--events', '200');
    expect(results.map(({ part, unit }) => [part, unit])).to.deep.equal([
      ['webhooks', 'events/s'],
      ['webhooks-p99', 'ms'],
      ['webhooks-order', 'rows'],
    ]);
    const [rate, p99, order] = results;
    for (const one of [rate, p99]) expect(Math.min(one?.ours ?? 0, one?.pair ?? 0)).to.be.above(0);
    expect(order?.ours).to.equal(0);
  });

  it('refuses a part that it does not know, with the list', async () => {
    const { code, errors } = await bench('nonsense');
    expect(code).to.equal(64);
    expect(errors).to.include('nonsense').and.include('campaign, send');
  });

  it('measures everything when no part is named', () => {
    expect(readOptions([], ['a', 'b'])).to.deep.equal({
      parts: ['a', 'b'],
      json: false,
      rounds: 3,
      recipients: null,
      sends: null,
      jobs: null,
      events: null,
    });
    expect(readOptions(['--rounds', '0'], ['a'])).to.include('--rounds');
    expect(readOptions(['--no-such'], ['a'])).to.be.a('string');
  });

  it('gives no ratio where there is no pair', () => {
    const line = jsonLine({ part: 'alone', ours: 1.23456, pair: null, unit: 'ms' });
    expect(JSON.parse(line)).to.deep.equal({
      part: 'alone',
      ours: 1.23,
      pair: null,
      unit: 'ms',
      ratio: null,
    });
  });

  it('knows a median from a percentile', () => {
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(median([9, 1, 5])).to.equal(5);
    expect(percentile([5, 1, 4, 2, 3], 0.5)).to.equal(3);
    expect(percentile([1, 2], 1)).to.equal(2);
  });
});

async function linesOf(...args: string[]): Promise<Result[]> {
  const { code, output, errors } = await bench('--json', ...args);
  expect(code, errors).to.equal(0);
  return output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

async function bench(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const entry = new URL('./main.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: testDatabaseUrl() },
  });
  if (!child.stdout || !child.stderr) throw new Error('The bench has no output.');
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, output, errors };
}
