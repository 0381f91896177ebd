import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { kills, longestMs, troubleProvider, useWorld } from '../support/chaos.ts';
import { allSettled, expectOneCopyEach, expectSoundLedger } from '../support/ledger.ts';
import type { Random } from '../support/random.ts';
import { until } from '../support/until.ts';
import { startSenderVictim, startWorkerVictim } from './victims/index.ts';
import type { Order, OrderDone } from './victims/sender.ts';

describe('a server killed in the middle of sends', function () {
  this.timeout(longestMs);
  const world = useWorld();

  it('has sent what was committed exactly once, and nothing else', async () => {
    const { random, sandbox, config, mail } = world();
    troubleProvider(sandbox);
    const orders = makeOrders(random, 24 * kills);
    const done = new Set<string>();
    await startWorkerVictim(config);
    for (let left = kills; left > 0; left -= 1) {
      const goal = left === 1 ? orders.length : Math.min(orders.length, done.size + random.between(3, 27));
      const sender = await startSenderVictim(
        config,
        orders.filter(({ key }) => !done.has(key)),
        { successor: left > 1, hear: message => isDone(message) && done.add(message.done) },
      );
      await until(`${goal} orders are done`, () => done.size >= goal || `${done.size}`, { everyMs: 1 });
      // The last time at once: much of what was just committed has not been handed over yet.
      if (left > 1) await sleep(random.between(0, 40));
      await sender.kill();
    }
    await allSettled(mail);
    const owed = orders.flatMap(({ to, commits }) => (commits ? to : []));
    expectOneCopyEach(sandbox, owed);
    await expectSoundLedger(sandbox, owed.length);
    const withdrawn = orders.find(({ commits }) => !commits)?.to ?? [];
    expect(await mail.messages.find({ recipient: withdrawn[0] ?? '' })).to.have.property('messages').that.is
      .empty;
  });
});

/** Mostly one mail in a transaction, at times a burst; some transactions are rolled back in the end. */
function makeOrders(random: Random, count: number): Order[] {
  return Array.from({ length: count }, (_, i) => ({
    key: `order-${i}`,
    to: Array.from({ length: random.next() < 0.1 ? 12 : 1 }, (_, j) => `buyer${i}-${j}@mail.example`),
    commits: random.next() < 0.9,
  }));
}

function isDone(message: unknown): message is OrderDone {
  return typeof message === 'object' && message !== null && 'done' in message;
}
