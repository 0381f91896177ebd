import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';

describe('reconcile', () => {
  const db = testDatabase();
  let sandbox: Sandbox;
  let mail: Mail;

  beforeEach(async () => {
    sandbox = await createSandbox({ deliveryMs: 0 });
    mail = await openMail({}, testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }));
  });
  afterEach(async () => {
    await mail.close();
    await sandbox.close();
  });

  it('repairs what webhooks lost, on every stream, and only once', async () => {
    const gone = await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
    const angry = await mail.send(resetInput({ to: 'complain.eve@mail.example' }), { wait: true });
    await sandbox.idle();
    sandbox.suppress('broadcast', 'quiet@mail.example');
    const night = await mail.work.reconcileNight();
    expect(night.map(({ stream, problem }) => [stream, problem])).to.deep.equal([
      ['broadcast', null],
      ['outbound', null],
    ]);
    expect((await mail.messages.get(gone.id))?.state).to.equal('bounced');
    expect((await mail.messages.get(angry.id))?.state).to.equal('complained');
    expect((await mail.suppressions.list()).map(({ stream, address }) => [stream, address])).to.deep.equal([
      ['broadcast', 'quiet@mail.example'],
      ['outbound', 'complain.eve@mail.example'],
      ['outbound', 'hardbounce.ada@mail.example'],
    ]);
    const outbound = night.find(({ stream }) => stream === 'outbound');
    expect(outbound).to.include({ bouncesSeen: 2, bouncesRepaired: 2, suppressionsSeen: 2 });

    const events = await db('events').count({ count: '*' });
    const again = await mail.work.reconcileNight();
    expect(await db('events').count({ count: '*' })).to.deep.equal(events);
    expect(again.find(({ stream }) => stream === 'outbound')).to.include({
      bouncesSeen: 2,
      bouncesRepaired: 2,
    });
  });

  it('follows the provider when a suppression is lifted there, and keeps what was entered here', async () => {
    sandbox.suppress('outbound', 'back@mail.example');
    await mail.work.reconcileNight();
    await mail.suppressions.add('outbound', 'ours@mail.example', 'by hand');
    await fetch(`${sandbox.apiUrl}/message-streams/outbound/suppressions/delete`, {
      method: 'POST',
      headers: {
        'X-Postmark-Server-Token': sandbox.token,
        'Content-Type': 'application/json',
        Accept: 'application/json',
      },
      body: JSON.stringify({ Suppressions: [{ EmailAddress: 'back@mail.example' }] }),
    });
    await mail.work.reconcileNight();
    expect((await mail.suppressions.list()).map(({ address }) => address)).to.deep.equal([
      'ours@mail.example',
    ]);
  });

  it('records a stream that cannot be read and goes on with the others', async () => {
    sandbox.suppress('broadcast', 'quiet@mail.example');
    sandbox.faults.add({
      where: 'GET /message-streams/{id}/suppressions/dump',
      kind: 'status',
      status: 500,
      body: {},
      times: 1,
    });
    const night = await mail.work.reconcileNight();
    expect(night.filter(({ problem }) => problem !== null)).to.have.length(1);
    expect(night.every(({ finishedAt }) => finishedAt !== null)).to.equal(true);
    expect((await mail.work.reconcileNight()).every(({ problem }) => problem === null)).to.equal(true);
  });

  it('purges contents and files of what is settled, and keeps the ledger', async () => {
    const attachments = [{ name: 'a.txt', content: Buffer.from('a') }];
    const old = await mail.send(resetInput({ attachments }), { wait: true });
    const open = await mail.send(resetInput({ attachments: [], sendAt: new Date(Date.now() + 60_000) }));
    const long = '2020-01-01';
    await db('messages').update({ created_at: long });
    await db('attachments').update({ used_at: long });
    expect(await mail.work.purge()).to.deep.include({ contents: 1, attachments: 1 });
    expect(await mail.messages.preview(old.id)).to.equal(null);
    expect((await mail.messages.preview(open.id))?.subject).to.be.a('string');
    expect((await mail.messages.get(old.id))?.state).to.equal('sent');
  });
});
