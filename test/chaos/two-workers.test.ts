import { expect } from 'chai';
import { launchCampaign, longestMs, useWorld } from '../support/chaos.ts';
import { allSettled, expectOneCopyEach, expectSoundLedger } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { startWorkerVictim } from './victims/index.ts';
import type { DeliverCall } from './victims/worker.ts';

describe('two workers on one campaign', function () {
  this.timeout(longestMs);
  const world = useWorld();

  it('share it and hand over one copy each', async () => {
    const { sandbox, config, mail } = world();
    // Slow until both have taken their part: whichever comes second still finds something.
    sandbox.faults.add({ where: 'smtp:final', kind: 'slow', ms: 200 });
    const workers = await Promise.all([1, 2].map(() => startWorkerVictim(config, { pace: 'usual' })));
    const { audience } = await launchCampaign(mail, 1200);
    await until('the audience became messages', async () => {
      const { queued = 0, sending = 0 } = await mail.messages.countByState();
      return queued + sending > 0 || 'not yet';
    });
    // A job runs in one process at a time; called directly, both are in the lane at once.
    const call: DeliverCall = { deliver: 'bulk' };
    const shares = Promise.all(workers.map(worker => worker.ask(call)));
    await until('all are in hand', async () => {
      const { queued = 0 } = await mail.messages.countByState();
      return queued === 0 || String(queued);
    });
    sandbox.faults.clear();
    await allSettled(mail);
    expectOneCopyEach(sandbox, audience);
    await expectSoundLedger(sandbox, audience.length);
    for (const share of await shares) expect(share).to.have.property('delivered').that.is.above(0);
  });
});
