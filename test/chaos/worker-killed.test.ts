import { setTimeout as sleep } from 'node:timers/promises';
import { kills, launchCampaign, longestMs, troubleProvider, useWorld, type World } from '../support/chaos.ts';
import { testDatabase } from '../support/database.ts';
import { allSettled, expectOneCopyEach, expectSoundLedger } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { startWorkerVictim } from './victims/index.ts';

describe('a worker killed in the middle of a campaign', function () {
  this.timeout(longestMs);
  const world = useWorld();

  it('leaves every recipient with exactly one copy', async () => {
    const { random, sandbox, config, mail } = world();
    troubleProvider(sandbox);
    const { id, audience } = await launchCampaign(mail, 250 * kills);
    for (let left = kills; left > 0; left -= 1) {
      const worker = await startWorkerVictim(config, { successor: true });
      // Either somewhere among the deliveries, or whatever it is doing at the time: expanding, recovering, asking.
      if (random.next() < 0.7) await acceptedMore(sandbox, random.between(1, 190), audience.length);
      await sleep(random.between(0, 60));
      await worker.kill();
      // As if it had gone on like this all day: jobs must not be given up for the deaths of their processes.
      await testDatabase()('postlane_agenda_jobs').update({ expired_count: 100 });
    }
    await startWorkerVictim(config);
    await allSettled(mail);
    await until('the campaign is done', async () => {
      const { state } = await mail.campaigns.get(id);
      return state === 'done' || state;
    });
    expectOneCopyEach(sandbox, audience);
    await expectSoundLedger(sandbox, audience.length);
  });
});

/** Waits until the provider has taken so many more, or everything. */
async function acceptedMore({ messages }: World['sandbox'], more: number, all: number): Promise<void> {
  const goal = Math.min(messages.count + more, all);
  await until(`${goal} taken`, () => messages.count >= goal || `${messages.count}`, { everyMs: 2 });
}
