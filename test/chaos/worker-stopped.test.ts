import { expect } from 'chai';
import { launchCampaign, longestMs, useWorld } from '../support/chaos.ts';
import { allSettled, expectOneCopyEach, expectSoundLedger } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { startWorkerVictim } from './victims/index.ts';

describe('a worker told to stop in the middle of a campaign', function () {
  this.timeout(longestMs);
  const world = useWorld();

  it('finishes what it has in hand, leaves the rest in the queue and exits', async () => {
    const { sandbox, config, mail } = world();
    sandbox.faults.add({ where: 'smtp:final', kind: 'slow', ms: 20 });
    const { audience } = await launchCampaign(mail, 1000);
    const worker = await startWorkerVictim(config, { pace: 'usual' });
    await until('deliveries are under way', () => sandbox.messages.count >= 100 || 'too few', { everyMs: 2 });

    expect(await worker.stop(), 'exit code').to.equal(0);
    // Had it abandoned what was still running, some would be neither.
    const { queued = 0, sent = 0, ...rest } = await mail.messages.countByState();
    expect(
      Object.entries(rest).filter(([, count]) => count > 0),
      'neither queued nor sent',
    ).to.deep.equal([]);
    expect(queued, 'left for the next worker').to.be.above(0);
    expect(sent, 'what the provider took').to.equal(sandbox.messages.count);

    sandbox.faults.clear();
    await startWorkerVictim(config);
    await allSettled(mail);
    expectOneCopyEach(sandbox, audience);
    await expectSoundLedger(sandbox, audience.length);
  });
});
