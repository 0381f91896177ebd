import { expect } from 'chai';
import { allSettled, expectOneCopyEach, expectSoundBooks } from '../support/books.ts';
import { launchCampaign, longestMs, useWorld } from '../support/chaos.ts';
import { until } from '../support/until.ts';
import { startWorkerVictim } from './victims/index.ts';
import type { DeliverCall } from './victims/worker.ts';

describe('two workers on one campaign', function () {
  this.timeout(longestMs);
  const world = useWorld();

  it('share it and hand over one copy each', async () => {
    const { sandbox, config, mail } = world();
    const workers = await Promise.all([1, 2].map(() => startWorkerVictim(config)));
    const { audience } = await launchCampaign(mail, 1200);
    await until(
      'the lane has work',
      async () => (await mail.messages.countByState()).queued !== undefined || 'no',
      {
        everyMs: 10,
      },
    );
    // A job runs in one process at a time; called directly, both are in the lane at once.
    const shares = await Promise.all(
      workers.map(worker => worker.ask({ deliver: 'bulk' } satisfies DeliverCall)),
    );
    await allSettled(mail);
    expectOneCopyEach(sandbox, audience);
    await expectSoundBooks(mail, sandbox, audience.length);
    for (const share of shares) expect(share).to.have.property('delivered').that.is.above(0);
  });
});
