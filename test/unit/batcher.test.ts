import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { Batcher } from '../../db/batcher.ts';

/** Work whose pages wait until they are let go; it doubles. */
function gatedWork() {
  const pages: { items: number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const work = (items: readonly number[]): Promise<number[]> =>
    new Promise((resolve, reject) => {
      pages.push({ items: [...items], finish: () => resolve(items.map(item => 2 * item)), fail: reject });
    });
  return { work, pages };
}

describe('calls that share their work', () => {
  it('begin at once, and the next page is what came meanwhile', async () => {
    const { work, pages } = gatedWork();
    const batcher = new Batcher(work, { largest: 3, startsAtOnce: true });
    const double = (item: number) => batcher.add(item);
    const answers = Promise.all([1, 2, 3, 4, 5].map(double));
    expect(pages.map(({ items }) => items)).to.deep.equal([[1]]);
    for (let i = 0; i < 3; i += 1) {
      pages[i]?.finish();
      await turn();
    }
    expect(pages.map(({ items }) => items)).to.deep.equal([[1], [2, 3, 4], [5]]);
    expect(await answers).to.deep.equal([2, 4, 6, 8, 10]);
    const later = double(6);
    expect(pages.at(-1)?.items).to.deep.equal([6]);
    pages.at(-1)?.finish();
    expect(await later).to.equal(12);
  });

  it("are done again one by one when a page fails, so that each has its own error and nobody another's", async () => {
    const pages: number[][] = [];
    const work = async (items: readonly number[]) => {
      pages.push([...items]);
      await turn();
      if (items.includes(3)) throw new Error('three');
      return items.map(item => 2 * item);
    };
    const batcher = new Batcher(work, { startsAtOnce: true, isolatesErrors: true });
    const double = (item: number) => batcher.add(item);
    const answers = await Promise.allSettled([1, 2, 3, 4].map(double));
    expect(
      answers.map(answer => (answer.status === 'fulfilled' ? answer.value : answer.reason.message)),
    ).to.deep.equal([2, 4, 'three', 8]);
    expect(pages).to.deep.equal([[1], [2, 3, 4], [2], [3], [4]]);
    expect(await double(5)).to.equal(10);
  });

  it('leave nobody waiting who comes just when the last page has ended', async () => {
    for (const startsAtOnce of [true, false]) {
      const batcher = new Batcher(async (items: readonly number[]) => items, { startsAtOnce });
      for (let i = 0; i < 20; i += 1) expect(await batcher.add(i)).to.equal(i);
      await batcher.idle();
    }
  });

  it('are worked on in so many pages at once, and idle once all have ended', async () => {
    const { work, pages } = gatedWork();
    const batcher = new Batcher(work, { startsAtOnce: true, atOnce: 2 });
    const answers = Promise.all([1, 2, 3, 4].map(item => batcher.add(item)));
    expect(pages.map(({ items }) => items)).to.deep.equal([[1], [2]]);
    let isIdle = false;
    const idle = batcher.idle().then(() => {
      isIdle = true;
    });
    pages[1]?.finish();
    await turn();
    expect(pages.map(({ items }) => items)).to.deep.equal([[1], [2], [3, 4]]);
    pages[2]?.finish();
    await turn();
    expect(isIdle).to.equal(false);
    pages[0]?.finish();
    expect(await answers).to.deep.equal([2, 4, 6, 8]);
    await idle;
  });
});
