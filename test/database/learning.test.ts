import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { useSandbox } from '../support/sandbox.ts';

describe('a server that was in use before', () => {
  const db = testDatabase();
  const { sandbox } = useSandbox({ deliveryMs: 0 });
  let mail: Mail;
  let clock: Clock;
  const queries: string[] = [];

  beforeEach(async () => {
    clock = createClock();
    await db('postlane_learnt_streams').delete();
    mail = await openMail({ now: clock.now }, testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }));
  });
  afterEach(() => mail.close());

  const send = async (to: string) => (await mail.send(resetInput({ to }), { wait: true })).state;
  const dump = 'GET /message-streams/{id}/suppressions/dump';

  it('has all its suppressions learnt before the first mail leaves through it', async () => {
    const old = Array.from({ length: 30 }, (_, i) => `old${i}@mail.example`);
    for (const address of old) sandbox.suppress('outbound', address, 'HardBounce');
    expect(await send('old29@mail.example')).to.equal('suppressed');
    expect(await send('ada@mail.example')).to.equal('sent');
    expect(await mail.suppressions.list()).to.have.length(30);
    expect(await db('postlane_learnt_streams').pluck('stream')).to.deep.equal(['outbound']);
  });

  it('keeps its mail waiting, with the reason in words, until they could be read', async () => {
    sandbox.suppress('outbound', 'old@mail.example', 'HardBounce');
    sandbox.faults.add({ where: dump, kind: 'status', status: 500, body: {}, times: 1 });
    const { id } = await mail.send(resetInput({ to: 'old@mail.example' }), { wait: true });
    expect(await mail.messages.get(id)).to.include({
      state: 'queued',
      reason: 'waits until the suppressions of its stream are known',
    });
    const [attempt] = await mail.messages.attempts(id);
    expect(attempt?.answer).to.include('Postmark did not give its list of suppressions');
    clock.advance(120_000);
    await mail.work.deliverDue('transactional');
    expect((await mail.messages.get(id))?.state).to.equal('suppressed');
  });

  it('is not asked again, by this process or by the next; another server is', async () => {
    expect(await send('ada@mail.example')).to.equal('sent');
    sandbox.faults.add({ where: dump, kind: 'status', status: 500, body: {} });
    const watch = ({ sql }: { sql: string }) => queries.push(sql);
    db.on('query', watch);
    expect(await send('ada@mail.example')).to.equal('sent');
    db.removeListener('query', watch);
    expect(queries.filter(sql => sql.includes('learnt'))).to.deep.equal([]);
    // As the process after this one would find it.
    await db('postlane_learnt_streams').update({ token_hash: 'x'.repeat(64) });
    expect(await send('ada@mail.example')).to.equal('sent');
  });
});
