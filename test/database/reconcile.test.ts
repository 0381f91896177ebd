import { expect } from 'chai';
import { demoPolicy } from '../../server/demo/policy.ts';
import type { Mail } from '../../server/mail/index.ts';
import { restClient } from '../sandbox/clients.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput, upgradeInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { useSandbox } from '../support/sandbox.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('reconcile', () => {
  const db = testDatabase();
  const { sandbox } = useSandbox({ deliveryMs: 0 });
  let mail: Mail;
  let clock: Clock;

  beforeEach(async () => {
    clock = createClock();
    mail = await openMail({ now: clock.now }, testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }));
  });
  afterEach(() => mail.close());

  /** After what the sandbox has done by its own clock, however slow the machine. */
  const run = () => {
    clock.advance(hourMs / 4);
    return mail.work.reconcile();
  };

  it('repairs what webhooks lost, on every stream, and only once', async () => {
    const gone = await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
    const angry = await mail.send(resetInput({ to: 'complain.eve@mail.example' }), { wait: true });
    await sandbox.idle();
    sandbox.suppress('broadcast', 'quiet@mail.example');
    const runs = await run();
    expect(runs.map(({ stream, problem }) => [stream, problem])).to.deep.equal([
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
    const outbound = runs.find(({ stream }) => stream === 'outbound');
    expect(outbound).to.include({ bouncesSeen: 2, bouncesRepaired: 2, suppressionsSeen: 2 });

    const events = await db('postlane_events').count({ count: '*' });
    const again = await run();
    expect(await db('postlane_events').count({ count: '*' })).to.deep.equal(events);
    expect(again.find(({ stream }) => stream === 'outbound')).to.include({ bouncesSeen: 2 });
    expect(await repairedSoFar('bouncesRepaired')).to.equal(2);
  });

  /** Of all days: a midnight may lie between two runs. */
  const repairedSoFar = async (what: 'bouncesRepaired' | 'suppressionsRepaired') =>
    (await mail.reconciliations.list()).reduce((sum, run) => sum + run[what], 0);
  const addressesNow = async () => (await mail.suppressions.list()).map(({ address }) => address);

  it('counts a repair once, however many look at the same day at once', async () => {
    await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
    await sandbox.idle();
    for (let i = 0; i < 30; i += 1) sandbox.suppress('outbound', `gone-${i}@mail.example`, 'HardBounce');
    await Promise.all([run(), mail.work.reconcile(), mail.work.reconcile()]);
    expect(await repairedSoFar('bouncesRepaired')).to.equal(1);
    // The hard bounce suppresses by itself.
    expect(await repairedSoFar('suppressionsRepaired')).to.be.oneOf([30, 31]);
  });

  it('follows the provider when a bounce is lifted there, and keeps what was entered here', async () => {
    sandbox.suppress('outbound', 'back@mail.example', 'HardBounce');
    await run();
    await mail.suppressions.add('outbound', 'ours@mail.example', 'by hand');
    sandbox.unsuppress('outbound', 'back@mail.example');
    await run();
    expect(await addressesNow(), 'their list may run behind').to.deep.equal([
      'back@mail.example',
      'ours@mail.example',
    ]);
    clock.advance(3 * hourMs);
    await run();
    expect(await addressesNow()).to.deep.equal(['ours@mail.example']);
  });

  it('suppresses again what the provider still lists, though it was lifted here', async () => {
    sandbox.suppress('outbound', 'gone@mail.example', 'HardBounce');
    await run();
    // It says so, and lists it all the same.
    sandbox.faults.add({
      where: 'POST /message-streams/{id}/suppressions/delete',
      kind: 'status',
      status: 200,
      body: { Suppressions: [{ EmailAddress: 'gone@mail.example', Status: 'Deleted', Message: null }] },
      times: 1,
    });
    clock.advance(hourMs);
    await mail.suppressions.lift('outbound', 'gone@mail.example', 'by hand');
    await run();
    expect(await addressesNow(), 'a lift of this minute may not be in their list yet').to.deep.equal([]);
    expect(await repairedSoFar('suppressionsRepaired')).to.equal(1);
    clock.advance(3 * hourMs);
    await run();
    expect(await addressesNow()).to.deep.equal(['gone@mail.example']);
    expect(await repairedSoFar('suppressionsRepaired')).to.equal(2);
  });

  it('lifts nothing that a person asked for or complained about, whatever a list lacks', async () => {
    sandbox.suppress('broadcast', 'angry@mail.example', 'SpamComplaint');
    sandbox.suppress('broadcast', 'customer@mail.example');
    sandbox.suppress('broadcast', 'dead@mail.example', 'HardBounce');
    await mail.receive('postmark', {
      ...{ RecordType: 'SubscriptionChange', MessageStream: 'broadcast', Recipient: 'done@mail.example' },
      ...{ ChangedAt: clock.now().toISOString(), SuppressSending: true, Origin: 'Recipient' },
    });
    await run();
    const all = await addressesNow();
    expect(all).to.have.length(4);
    for (const address of all) sandbox.unsuppress('broadcast', address);
    clock.advance(3 * hourMs);
    const [broadcast] = await run();
    expect(await addressesNow()).to.deep.equal([
      'angry@mail.example',
      'customer@mail.example',
      'done@mail.example',
    ]);
    expect(broadcast?.problem).to.equal(null);
  });

  it('lifts nothing and says so when a list has become empty, or lacks more than a few', async () => {
    const dead = Array.from({ length: 40 }, (_, i) => `dead${i}@mail.example`);
    for (const address of dead) sandbox.suppress('broadcast', address, 'HardBounce');
    sandbox.suppress('outbound', 'one@mail.example', 'HardBounce');
    sandbox.suppress('outbound', 'two@mail.example', 'HardBounce');
    await run();
    for (const address of dead.slice(0, 21)) sandbox.unsuppress('broadcast', address);
    for (const name of ['one', 'two']) sandbox.unsuppress('outbound', `${name}@mail.example`);
    clock.advance(3 * hourMs);
    const [broadcast, outbound] = await run();
    expect(await addressesNow()).to.have.length(42);
    expect(broadcast?.problem).to.include('lacks 21 of 40 suppressions');
    expect(outbound?.problem).to.include('The list is empty');
    const alerts = await db('postlane_alerts').where({ kind: 'reconciliation' }).pluck('subject');
    expect(alerts.sort()).to.deep.equal(['broadcast', 'outbound']);

    // Twenty may be.
    sandbox.suppress('broadcast', 'dead0@mail.example', 'HardBounce');
    expect((await run())[0]?.problem).to.equal(null);
    expect(await addressesNow()).to.have.length(22);
  });

  it('lifts nothing by the lists of another server, until an operator accepts it', async () => {
    for (const name of ['one', 'two', 'three'])
      sandbox.suppress('outbound', `${name}@mail.example`, 'HardBounce');
    await run();
    sandbox.unsuppress('outbound', 'one@mail.example');
    await db('postlane_provider_servers').update({ server_id: '4711' });
    clock.advance(3 * hourMs);
    const [, outbound] = await run();
    expect(outbound?.problem).to.include('those of server 4711').and.include('accept-server postmark');
    expect(await addressesNow()).to.have.length(3);
    expect(await mail.reconciliations.acceptServer('postmark', { by: 'ada' })).to.include({ before: '4711' });
    expect((await run())[1]?.problem).to.equal(null);
    expect(await addressesNow()).to.have.length(2);
    const { entries } = await mail.audit.list({ action: 'suppression.accept-server' });
    expect(entries).to.have.length(1);
  });

  it('finds the message of a bounce by asking the provider, when mail by SMTP taught us no id', async () => {
    const { id } = await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
    await sandbox.idle();
    await db('postlane_attempts').update({ provider_message_id: null });
    await run();
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
    const [attempt] = await mail.messages.attempts(id);
    expect(attempt?.providerMessageId).to.match(/^[0-9a-f-]{36}$/);
  });

  it('passes over a row that is not what the provider documents, and says so', async () => {
    const { id } = await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
    await sandbox.idle();
    sandbox.suppress('outbound', `${'long'.repeat(80)}@mail.example`);
    sandbox.suppress('outbound', 'quiet@mail.example');
    const runs = await run();
    const outbound = runs.find(({ stream }) => stream === 'outbound');
    expect(outbound?.problem)
      .to.include('not what the provider documents')
      .and.to.match(/: 1\.$/);
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
    expect(await mail.suppressions.list({ address: 'quiet@mail.example' })).to.have.length(1);
  });

  it('records a stream that cannot be read and goes on with the others', async () => {
    sandbox.suppress('broadcast', 'quiet@mail.example');
    const where = 'GET /message-streams/{id}/suppressions/dump';
    sandbox.faults.add({ where, kind: 'status', status: 422, body: {}, times: 1 });
    const runs = await run();
    expect(runs.filter(({ problem }) => problem !== null)).to.have.length(1);
    expect(runs.every(({ finishedAt }) => finishedAt !== null)).to.equal(true);
    expect((await run()).every(({ problem }) => problem === null)).to.equal(true);
  });

  for (const fault of [
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503 },
    { kind: 'reset-before' },
    { kind: 'truncated' },
  ] as const) {
    const what = 'status' in fault ? `the status ${fault.status}` : fault.kind;
    it(`asks again after ${what}, for lists as for pages of bounces`, async () => {
      const { id } = await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true });
      await sandbox.idle();
      for (const where of [
        'GET /message-streams/{id}/suppressions/dump',
        'GET /bounces',
        'GET /message-streams',
      ])
        sandbox.faults.add({ where, times: 1, ...fault });
      expect((await run()).map(({ problem }) => problem)).to.deep.equal([null, null]);
      expect((await mail.messages.get(id))?.state).to.equal('bounced');
    });
  }

  it('reads what was archived since for as long as mail of ours went by it', async () => {
    const client = restClient(sandbox);
    await client.createMessageStream({ ID: 'offers', Name: 'Offers', MessageStreamType: 'Broadcasts' });
    await client.createMessageStream({ ID: 'never', Name: 'Never', MessageStreamType: 'Broadcasts' });
    await mail.close();
    const offer = { routes: [{ stream: 'offers', transport: 'postmark-api' }] };
    const policy = { ...demoPolicy, categories: { ...demoPolicy.categories, offer } };
    const config = { ...testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }), policy };
    mail = await openMail({ now: clock.now }, config);
    const composed = { subject: 'x', text: 'x', category: 'offer' };
    const { id } = await mail.send({ ...composed, to: 'hardbounce.ada@mail.example' }, { wait: true });
    await sandbox.idle();
    for (const stream of ['offers', 'never']) await client.archiveMessageStream(stream);
    expect((await run()).map(({ stream }) => stream)).to.deep.equal(['broadcast', 'offers', 'outbound']);
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
  });

  it('tells for each stream, and by an alert, when the provider cannot be asked at all', async () => {
    sandbox.faults.add({ where: 'GET /*', kind: 'status', status: 401, code: 10 });
    const runs = await run();
    expect(runs.map(({ stream }) => stream)).to.deep.equal(['broadcast', 'outbound']);
    for (const { problem, finishedAt } of runs) {
      expect(problem).to.match(/^Postmark could not be asked: /);
      expect(finishedAt).not.to.equal(null);
    }
    const alerts = await mail.monitoring.alerts();
    expect(alerts.filter(({ kind }) => kind === 'reconciliation')).to.have.length(2);
  });

  it('goes on when one message cannot be asked about, and asks again the next time', async () => {
    const [ada, eve] = [
      await mail.send(resetInput({ to: 'hardbounce.ada@mail.example' }), { wait: true }),
      await mail.send(resetInput({ to: 'hardbounce.eve@mail.example' }), { wait: true }),
    ];
    await sandbox.idle();
    const [attempt] = await mail.messages.attempts(ada.id);
    const lost = attempt?.providerMessageId ?? '';
    await db('postlane_attempts').update({ provider_message_id: null });
    sandbox.suppress('outbound', 'quiet@mail.example');
    const where = 'GET /messages/outbound/{id}/details';
    sandbox.faults.add({ where, kind: 'status', status: 422, code: 300, matching: lost, times: 1 });
    const stateOf = async (id: string) => (await mail.messages.get(id))?.state;
    const runs = await run();
    expect(runs.find(({ stream }) => stream === 'outbound')?.problem).to.include(
      'could not say more about: 1',
    );
    expect([await stateOf(ada.id), await stateOf(eve.id)]).to.deep.equal(['sent', 'bounced']);
    expect(await addressesNow()).to.include('quiet@mail.example');
    expect((await run()).every(({ problem }) => problem === null)).to.equal(true);
    expect(await stateOf(ada.id)).to.equal('bounced');
  });

  it('counts rows of a list that are none, suppresses nobody by them and lifts nothing', async () => {
    sandbox.suppress('outbound', 'back@mail.example', 'HardBounce');
    await run();
    clock.advance(3 * hourMs);
    const row = {
      SuppressionReason: 'HardBounce',
      Origin: 'Recipient',
      CreatedAt: '2026-05-04T05:00:00-04:00',
    };
    const body = {
      Suppressions: [
        ...[null, {}, { ...row, EmailAddress: null }, { ...row, EmailAddress: 7 }],
        { ...row, EmailAddress: ' New@Mail.Example ' },
        { ...row, EmailAddress: 'new@mail.example' },
        { ...row, EmailAddress: 'dateless@mail.example', CreatedAt: 'yesterday' },
      ],
    };
    const where = 'GET /message-streams/{id}/suppressions/dump';
    sandbox.faults.add({ where, kind: 'status', status: 200, body });
    const outbound = (await run()).find(({ stream }) => stream === 'outbound');
    expect(outbound?.problem)
      .to.include('in the rows that cannot be read')
      .and.to.match(/: 5\.$/);
    expect(await addressesNow()).to.deep.equal(['new@mail.example', 'back@mail.example', 'new@mail.example']);
  });

  it('takes an error inside a 200 for none of the lists', async () => {
    sandbox.suppress('outbound', 'gone@mail.example', 'HardBounce');
    await run();
    clock.advance(3 * hourMs);
    const where = 'GET /message-streams/{id}/suppressions/dump';
    sandbox.faults.add({
      where,
      kind: 'status',
      status: 200,
      body: { ErrorCode: 100, Message: 'Maintenance' },
    });
    const runs = await run();
    for (const { problem } of runs)
      expect(problem).to.equal('Postmark answered without a list of suppressions.');
    expect(await addressesNow()).to.deep.equal(['gone@mail.example']);
  });

  it('purges contents and files of what is settled, and keeps the ledger', async () => {
    const attachments = [{ name: 'a.txt', content: Buffer.from('a') }];
    const old = await mail.send(upgradeInput({ attachments }), { wait: true });
    const open = await mail.send(upgradeInput({ sendAt: new Date(clock.now().getTime() + 90 * dayMs) }));
    await mail.receive('postmark', { RecordType: 'Weather', Sunny: true });
    clock.advance(46 * dayMs);
    const young = await mail.send(upgradeInput(), { wait: true });
    await mail.receive('postmark', { RecordType: 'Weather', Sunny: false });
    const nothing = {
      ...{ contents: 0, attachments: 0, rawEvents: 0, audience: 0 },
      ...{ approvals: 0, strangersEntries: 0 },
    };
    expect(await mail.work.purge()).to.deep.equal({ ...nothing, contents: 1, attachments: 1, rawEvents: 1 });
    expect(await mail.work.purge()).to.deep.equal(nothing);
    expect((await mail.messages.preview(young.id))?.subject).to.be.a('string');
    clock.advance(dayMs);
    await mail.receive('postmark', { RecordType: 'Weather', Sunny: 'tomorrow' });
    clock.advance(45 * dayMs);
    expect(await mail.work.purge()).to.include({ rawEvents: 1 });
    clock.advance(dayMs);
    expect(await mail.work.purge()).to.include({ rawEvents: 1 });
    expect(await mail.messages.preview(old.id)).to.equal(null);
    expect((await mail.messages.preview(open.id))?.subject).to.be.a('string');
    expect((await mail.messages.get(old.id))?.state).to.equal('sent');
  });
});
