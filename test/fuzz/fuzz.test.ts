import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import fc from 'fast-check';
import { testDatabaseUrl } from '../support/database.ts';
import { mostThreadMs, runBatch } from './batch.ts';
import { readOptions } from './options.ts';
import type { Part } from './part.ts';
import { callDoor } from './support/fault.ts';
import { threadMs } from './support/thread-time.ts';
import type { World } from './world.ts';

// Not part of `npm test`, which knows what it asks: `npm test -- test/fuzz`.
describe('npm run fuzz', function () {
  this.timeout(180_000);

  it('finds nothing with a seed that is always the same', async () => {
    await expectNothing('--seed', '12');
  });

  it('finds nothing with a seed of its own', async () => {
    await expectNothing();
  });

  it('reads its options, and refuses what it does not know', () => {
    expect(readOptions(['--inputs', '5', '--seed', '7', '--part', 'a'], ['a', 'b'])).to.deep.equal({
      ...{ inputs: 5, seed: 7, parts: ['a'], json: false, seconds: Number.POSITIVE_INFINITY },
    });
    expect(readOptions(['--part', 'c'], ['a', 'b'])).to.include('c');
    expect(readOptions(['--inputs', 'x'], ['a'])).to.include('--inputs');
  });
});

describe('a batch of fuzzed inputs', function () {
  this.timeout(60_000);
  const world = () => ({ looseErrors: [] }) as unknown as World;
  const partOf = (attempt: (input: number, world: World) => Promise<void>): Part => ({
    ...{ name: 'planted', share: 1, inputs: () => fc.nat(1_000) },
    attempt: (opened, input) => attempt(input as number, opened),
  });
  const batch = { part: 'planted', seed: 1, inputs: 200 };

  it('counts every input, tells a fault once, and by its smallest input', async () => {
    const part = partOf(input =>
      callDoor(() => {
        if (input >= 500) throw new TypeError('too many');
      }),
    );
    const { inputs, crashes, found } = await runBatch(part, world(), batch, new Set());
    expect(inputs).to.equal(200);
    expect(crashes).to.be.within(60, 140);
    expect(found).to.have.length(1);
    expect(found[0]?.message).to.include('TypeError: too many');
    expect(found[0]?.counterexample).to.equal('500');
  });

  it('tells what nobody awaited, and what holds the main thread', async () => {
    const loose = partOf(async (_, { looseErrors }) => void looseErrors.push(new Error('loose')));
    const { found } = await runBatch(loose, world(), { ...batch, inputs: 3 }, new Set());
    expect(found[0]?.message).to.include('unhandled: Error: loose');
    const busy = partOf(async input => {
      const until = threadMs() + (input === 0 ? 1.2 * mostThreadMs : 0);
      while (threadMs() < until);
    });
    const inputs = { ...busy, inputs: () => fc.constant(0) };
    const held = await runBatch(inputs, world(), { ...batch, inputs: 1 }, new Set());
    expect(held.found[0]?.message).to.include('held the main thread');
    expect(held.slowestMs).to.be.above(mostThreadMs);
  });
});

async function expectNothing(...args: string[]): Promise<void> {
  const { code, output, errors } = await fuzz('--json', '--inputs', '600', '--seconds', '30', ...args);
  expect(code, errors).to.equal(0);
  const lines = output.trim().split('\n');
  expect(lines).to.have.length(1);
  const { inputs, crashes, serverErrors, slowestMs, seed } = JSON.parse(lines[0] ?? '');
  process.stdout.write(`      ${inputs} inputs, seed ${seed}\n`);
  expect({ crashes, serverErrors }, errors).to.deep.equal({ crashes: 0, serverErrors: 0 });
  // How many of them there are in that time is the machine's affair.
  expect(inputs).to.be.within(1, 600);
  expect(slowestMs).to.be.below(mostThreadMs);
}

async function fuzz(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const entry = new URL('./main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: testDatabaseUrl() },
  });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code, output, errors };
}
