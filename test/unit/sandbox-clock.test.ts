import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { Clock } from '../sandbox/state/clock.ts';

const HOUR = 3_600_000;

describe("the sandbox's clock", () => {
  let clock: Clock;
  const nothing = async (): Promise<void> => undefined;

  beforeEach(() => {
    clock = new Clock();
  });
  afterEach(() => clock.stop());

  it('does what falls due on its way, in order, each at its own time', async () => {
    const start = clock.now();
    const seen: [string, number][] = [];
    const note = (name: string) => () => seen.push([name, Math.round((clock.now() - start) / HOUR)]);
    clock.later(3 * HOUR, note('third'));
    clock.later(1 * HOUR, note('first'));
    clock.later(2 * HOUR, note('second'));
    clock.later(9 * HOUR, note('too late'));
    await clock.advance(4 * HOUR, nothing);
    expect(seen).to.deep.equal([
      ['first', 1],
      ['second', 2],
      ['third', 3],
    ]);
    expect(Math.round((clock.now() - start) / HOUR)).to.equal(4);
  });

  it('does what was only planned on the way', async () => {
    const seen: string[] = [];
    clock.later(HOUR, () => clock.later(HOUR, () => seen.push('follows')));
    await clock.advance(2 * HOUR + 1000, nothing);
    expect(seen).to.deep.equal(['follows']);
  });

  it('waits at each stop for what it brought about', async () => {
    const seen: string[] = [];
    let brought = nothing();
    clock.later(HOUR, () => {
      brought = nextTurn().then(() => void clock.later(HOUR, () => seen.push('second try')));
    });
    await clock.advance(3 * HOUR, () => brought);
    expect(seen).to.deep.equal(['second try']);
  });

  it('forgets what was called off', async () => {
    const seen: string[] = [];
    const cancel = clock.later(HOUR, () => seen.push('called off'));
    cancel();
    await clock.advance(2 * HOUR, nothing);
    expect(seen).to.deep.equal([]);
  });

  it('runs by itself as real time does', async () => {
    await new Promise<void>(resolve => clock.later(1, resolve));
  });

  it('keeps many timers in order', async () => {
    const out: number[] = [];
    for (let i = 0; i < 5000; i += 1) {
      const hours = (i * 7919) % 5003;
      const cancel = clock.later(hours * HOUR, () => out.push(hours));
      if (i % 10 === 0) cancel();
    }
    await clock.advance(4000 * HOUR, nothing);
    expect(out).to.deep.equal([...out].sort((a, b) => a - b));
    expect(out.length).to.be.within(3500, 3700);
  });
});
