import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { startAllowance } from '../../server/mail/templates/preview/allowance.ts';
import { ownBooks, processorMs } from '../../server/mail/templates/preview/processor-time.ts';

describe('the time that work on a template may take', () => {
  const timeMs = 60;

  /** What it takes on the wall until the allowance is used up, in ms. */
  const usedUp = (books: string | null): Promise<number> => {
    const beganAt = performance.now();
    return new Promise(resolve => startAllowance(books, timeMs, () => resolve(performance.now() - beganAt)));
  };

  it('is that of the processor, so that who waits for a busy machine is refused nothing at first', async function () {
    if (ownBooks() === null) this.skip();
    const idler = new Worker(`setInterval(() => {}, 1000); ${tellBooks}`, { eval: true });
    const [books] = await once(idler, 'message');
    const [known, unknown] = await Promise.all([usedUp(books), usedUp(null)]);
    await idler.terminate();
    expect(known).to.be.at.least(4 * timeMs);
    expect(unknown).to.be.at.least(timeMs - 1);
  });

  it('is over when a thread has computed for so long, and is not looked at once the work is done', async function () {
    if (ownBooks() === null) this.skip();
    const computer = new Worker(`${tellBooks}; for (;;);`, { eval: true });
    const [books] = await once(computer, 'message');
    const before = processorMs(books) ?? 0;
    let wasCalled = false;
    startAllowance(books, timeMs, () => {
      wasCalled = true;
    }).end();
    const waited = await usedUp(books);
    const used = (processorMs(books) ?? 0) - before;
    await computer.terminate();
    // Booked in steps of 10 ms; and a machine that gives it next to nothing ends it all the same.
    expect(used >= timeMs - 10 || waited >= 4 * timeMs, `${used} ms used in ${waited} ms`).to.equal(true);
    expect(wasCalled).to.equal(false);
  });
});

const tellBooks = `require('worker_threads').parentPort.postMessage(require('fs').readlinkSync('/proc/thread-self'))`;
