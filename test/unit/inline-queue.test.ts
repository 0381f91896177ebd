import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { pino } from 'pino';
import type { Claim } from '../../server/mail/sending/claims-store.ts';
import { createInlineQueue } from '../../server/mail/sending/inline-queue.ts';

const log = pino({ level: 'silent' });
const claims = (count: number): Claim[] =>
  Array.from({ length: count }, (_, i) => ({ messageId: `m${i}`, lease: 'l' }));

/** A delivery whose pages wait until they are let go. */
function gatedDelivery() {
  const pages: { ids: string[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const deliver = (page: readonly Claim[]): Promise<void> =>
    new Promise((resolve, reject) => {
      pages.push({ ids: page.map(({ messageId }) => messageId), finish: resolve, fail: reject });
    });
  return { deliver, pages };
}

describe('hand-over', () => {
  it('takes a lone claim by itself, and answers when it is delivered', async () => {
    const { deliver, pages } = gatedDelivery();
    const handOver = createInlineQueue(deliver, log);
    let done = false;
    const waiting = handOver.add({ messageId: 'm', lease: 'l' }).then(() => {
      done = true;
    });
    await turn();
    await turn();
    expect(pages.map(({ ids }) => ids)).to.deep.equal([['m']]);
    expect(done).to.equal(false);
    pages[0]?.finish();
    await waiting;
    expect(done).to.equal(true);
  });

  it('never has more under way than allowed, and loses and repeats none', async () => {
    const seen: string[] = [];
    let running = 0;
    let most = 0;
    const handOver = createInlineQueue(
      async page => {
        running += 1;
        most = Math.max(most, running);
        await turn();
        seen.push(...page.map(({ messageId }) => messageId));
        running -= 1;
      },
      log,
      { parallel: 3, page: 10 },
    );
    const all = claims(500);
    await Promise.all(all.map(claim => handOver.add(claim)));
    expect(most).to.equal(3);
    expect(seen.toSorted()).to.deep.equal(all.map(({ messageId }) => messageId).toSorted());
  });

  it('shares a burst out over what starts at once, in pages of bounded size', async () => {
    const { deliver, pages } = gatedDelivery();
    const handOver = createInlineQueue(deliver, log, { parallel: 4, page: 10 });
    const added = claims(100).map(claim => handOver.add(claim));
    await turn();
    await turn();
    expect(pages.map(({ ids }) => ids.length)).to.deep.equal([10, 10, 10, 10]);
    const small = gatedDelivery();
    const few = createInlineQueue(small.deliver, log, { eagerBatches: 4, parallel: 8, page: 10 });
    const fewAdded = claims(8).map(claim => few.add(claim));
    await turn();
    await turn();
    expect(small.pages.map(({ ids }) => ids.length)).to.deep.equal([2, 2, 2, 2]);
    for (const { finish } of small.pages) finish();
    await Promise.all(fewAdded);
    // What waits goes on as soon as one is done, without another add.
    for (let i = 0; i < pages.length; i += 1) {
      pages[i]?.finish();
      await turn();
      await turn();
    }
    await Promise.all(added);
    expect(pages.flatMap(({ ids }) => ids)).to.have.length(100);
  });

  it('gathers what comes while those pages are under way, to go together as soon as one of them ends', async () => {
    const { deliver, pages } = gatedDelivery();
    const handOver = createInlineQueue(deliver, log, { eagerBatches: 2, maxWaitMs: 60_000 });
    const added = claims(7).map(claim => handOver.add(claim));
    await turn();
    await turn();
    added.push(...claims(5).map(claim => handOver.add(claim)));
    await turn();
    await turn();
    expect(pages.map(({ ids }) => ids.length)).to.deep.equal([4, 3]);
    pages[0]?.finish();
    await turn();
    expect(pages.map(({ ids }) => ids.length)).to.deep.equal([4, 3, 5]);
    for (const { finish } of pages) finish();
    await Promise.all(added);
  });

  it('does not count on a page that hangs: another goes a moment later, until all that are allowed hang', async () => {
    const { deliver, pages } = gatedDelivery();
    const handOver = createInlineQueue(deliver, log, { eagerBatches: 1, parallel: 3, maxWaitMs: 5 });
    const added: Promise<void>[] = [];
    for (const size of [1, 2, 3]) {
      added.push(...claims(size).map(claim => handOver.add(claim)));
      while (pages.length < size) await sleep(1);
    }
    added.push(handOver.add({ messageId: 'm', lease: 'l' }));
    await sleep(20);
    expect(pages.map(({ ids }) => ids.length)).to.deep.equal([1, 2, 3]);
    pages[1]?.finish();
    while (pages.length < 4) await sleep(1);
    for (const { finish } of pages) finish();
    await Promise.all(added);
  });

  it('leaves a failed page to the worker: nobody hears of it, the next goes on', async () => {
    const logged: string[] = [];
    const recording = pino({ level: 'error' }, { write: line => logged.push(line) });
    let calls = 0;
    const handOver = createInlineQueue(
      async () => {
        calls += 1;
        if (calls === 1) throw new Error('the database went away');
      },
      recording,
      { parallel: 1, page: 1 },
    );
    await Promise.all(claims(3).map(claim => handOver.add(claim)));
    expect(calls).to.equal(3);
    expect(logged).to.have.length(1);
    expect(JSON.parse(logged[0] ?? '')).to.include({ messages: 1 });
  });

  it('is idle when nothing waits and nothing runs, also what was added a moment ago', async () => {
    const { deliver, pages } = gatedDelivery();
    const handOver = createInlineQueue(deliver, log, { parallel: 1, page: 1 });
    await handOver.idle();
    const added = claims(2).map(claim => handOver.add(claim));
    let idle = false;
    const waiting = handOver.idle().then(() => {
      idle = true;
    });
    for (let i = 0; i < 2; i += 1) {
      await turn();
      expect(idle).to.equal(false);
      pages[i]?.finish();
      await turn();
    }
    await waiting;
    await Promise.all(added);
    expect(pages).to.have.length(2);
  });
});
