import { expect } from 'chai';
import type { Mail, Outcome } from '../../server/mail/index.ts';
import type { Lookup, LookupAnswer } from '../../server/mail/providers/provider.ts';
import { resolveUnknowns } from '../../server/mail/sending/unknowns.ts';
import { wire } from '../../server/mail/wiring.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';
import { until } from '../support/until.ts';

const noAnswer: Outcome = { kind: 'unknown', code: 'no-answer', answer: 'The connection broke.' };

describe('a search that answers late', () => {
  let sandbox: Sandbox;
  let clock: Clock;
  let mail: Mail;

  beforeEach(async () => {
    sandbox = await createSandbox();
    clock = createClock();
    const { apiUrl, token } = sandbox;
    mail = await openMail(
      {
        now: clock.now,
        transports: [createScriptedTransport('postmark-api', () => noAnswer)],
        timing: { unknownGraceMs: 60_000, unknownRetryMs: 10_000 },
      },
      testConfig({ apiUrl, token }),
    );
  });
  afterEach(async () => {
    await mail.close();
    await sandbox.close();
  });

  it('says nothing about the attempt that was made meanwhile', async () => {
    const { id } = await mail.send(resetInput(), { wait: true });
    clock.advance(60_000);
    sandbox.faults.add({ where: 'GET /messages/outbound', kind: 'slow', ms: 500, times: 1 });
    const late = mail.work.resolveUnknowns();
    await until('the slow search is under way', () => sandbox.faults.triggered === 1 || 'not yet', {
      everyMs: 1,
    });

    // Another process asks again, learns that the first attempt was not accepted, and makes a second one.
    clock.advance(10_000);
    await mail.work.resolveUnknowns();
    await mail.work.deliverDue('transactional');
    expect(await mail.messages.get(id)).to.include({ state: 'unknown', attempts: 2 });

    await late;
    expect(await mail.messages.get(id)).to.include({ state: 'unknown', attempts: 2 });
  });

  it('is believed when it has found the attempt, and no other was begun', async () => {
    const { id } = await mail.send(resetInput(), { wait: true });
    clock.advance(60_000);
    const lookups = [deferred<LookupAnswer>(), deferred<LookupAnswer>()];
    let asked = 0;
    const context = wire(
      { ...testConfig(), timing: { unknownGraceMs: 60_000 } },
      { now: clock.now },
      testDatabase(),
    );
    const lookup: Lookup = () => lookups[asked++]?.answer ?? Promise.reject(new Error('asked too often'));
    const asking = { ...context, providers: { ...context.providers, lookupOf: () => lookup } };
    const late = resolveUnknowns(asking);
    await until('the first search is under way', () => asked === 1 || 'not yet', { everyMs: 1 });
    clock.advance(60_000);
    const other = resolveUnknowns(asking);
    await until('the other search is under way', () => asked === 2 || 'not yet', { everyMs: 1 });
    lookups[1]?.give({ kind: 'absent' });
    await other;
    expect(await mail.messages.get(id)).to.include({ state: 'queued', attempts: 1 });
    lookups[0]?.give({ kind: 'found', providerMessageId: 'its-id' });
    await late;
    expect(await mail.messages.get(id)).to.include({ state: 'sent', attempts: 1 });
  });
});

/** An answer that is given later. */
function deferred<T>(): { answer: Promise<T>; give: (value: T) => void } {
  let give: (value: T) => void = () => {};
  const answer = new Promise<T>(resolve => {
    give = resolve;
  });
  return { answer, give };
}
