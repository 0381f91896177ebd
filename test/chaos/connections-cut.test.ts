import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { connect, type Db } from '../../db/connect.ts';
import { kills, launchCampaign, longestMs, troubleProvider, useWorld } from '../support/chaos.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { allSettled, expectOneCopyEach, expectSoundLedger } from '../support/ledger.ts';
import { until } from '../support/until.ts';
import { startWorkerVictim } from './victims/index.ts';

describe('a worker that loses its database connections', function () {
  this.timeout(longestMs);
  const world = useWorld();
  let operator: Db;

  beforeEach(() => {
    operator = connect(testDatabaseUrl(), { poolSize: 1 });
  });
  afterEach(() => operator.destroy());

  it('goes on by itself and leaves every recipient with exactly one copy', async () => {
    const { random, sandbox, config, mail } = world();
    troubleProvider(sandbox);
    const { audience } = await launchCampaign(mail, 120 * kills);
    const ours = await connectionIds(operator);
    const worker = await startWorkerVictim(config);
    for (let left = kills; left > 0; left -= 1) {
      const goal = Math.min(sandbox.messages.count + random.between(1, 90), audience.length);
      await until(`${goal} taken`, () => sandbox.messages.count >= goal || `${sandbox.messages.count}`, {
        everyMs: 2,
      });
      await sleep(random.between(0, 60));
      // After the last cut it may not have any yet.
      await until('it is connected', async () => (await cutConnections(operator, ours)) > 0 || 'no', {
        everyMs: 5,
      });
    }
    await allSettled(mail);
    expect(worker.alive(), 'the worker is still up').to.equal(true);
    expectOneCopyEach(sandbox, audience);
    await expectSoundLedger(sandbox, audience.length);
  });
});

/** Ends every connection to the test database but the spared ones; returns how many. */
async function cutConnections(operator: Db, spared: ReadonlySet<number>): Promise<number> {
  const ids = [...(await connectionIds(operator))].filter(id => !spared.has(id));
  // One that has just ended by itself is no fault.
  for (const id of ids) await operator.raw('KILL ?', [id]).catch(() => undefined);
  return ids.length;
}

async function connectionIds(operator: Db): Promise<Set<number>> {
  const [[{ name }]] = await operator.raw('SELECT DATABASE() AS name');
  const [rows]: { Id: number; db: string | null }[][] = await operator.raw('SHOW PROCESSLIST');
  return new Set((rows ?? []).filter(({ db }) => db === name).map(({ Id }) => Id));
}
