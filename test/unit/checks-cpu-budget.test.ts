import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { cpuTimeMs, startCpuBudget, threadProcPath } from '../../server/mail/templates/preview/cpu-budget.ts';

describe('the time that work on a template may take', () => {
  const timeMs = 60;

  /** What it takes on the wall until the budget is used up, in ms. */
  const usedUp = (thread: string | null): Promise<number> => {
    const beganAt = performance.now();
    return new Promise(resolve => startCpuBudget(thread, timeMs, () => resolve(performance.now() - beganAt)));
  };

  it('is that of the processor, so that who waits for a busy machine is refused nothing at first', async function () {
    if (threadProcPath() === null) this.skip();
    const idler = new Worker(`setInterval(() => {}, 1000); ${tellThread}`, { eval: true });
    const [thread] = await once(idler, 'message');
    const [known, unknown] = await Promise.all([usedUp(thread), usedUp(null)]);
    await idler.terminate();
    expect(known).to.be.at.least(4 * timeMs);
    expect(unknown).to.be.at.least(timeMs - 1);
  });

  it('is over when a thread has computed for so long, and is not looked at once the work is done', async function () {
    if (threadProcPath() === null) this.skip();
    const computer = new Worker(`${tellThread}; for (;;);`, { eval: true });
    const [thread] = await once(computer, 'message');
    const before = cpuTimeMs(thread) ?? 0;
    let wasCalled = false;
    startCpuBudget(thread, timeMs, () => {
      wasCalled = true;
    }).end();
    const waited = await usedUp(thread);
    const used = (cpuTimeMs(thread) ?? 0) - before;
    await computer.terminate();
    // Told in steps of 10 ms; and a machine that gives it next to nothing ends it all the same.
    expect(used >= timeMs - 10 || waited >= 4 * timeMs, `${used} ms used in ${waited} ms`).to.equal(true);
    expect(wasCalled).to.equal(false);
  });
});

const tellThread = `require('worker_threads').parentPort.postMessage(require('fs').readlinkSync('/proc/thread-self'))`;
