import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, upgradeInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const input = { name: 'May', template: 'newsletter', topic: 'news', data: newsletterData };

describe('campaigns, suppressions and consent in a caller’s hands', () => {
  const db = testDatabase();
  const clock = createClock();
  const smtp = createScriptedTransport('postmark-smtp');
  let mail: Mail;

  beforeEach(async () => {
    smtp.given.length = 0;
    mail = await openMail({ transports: [smtp], now: clock.now });
  });
  afterEach(() => mail.close());

  it('carry locale, metadata and Reply-To of each recipient', async () => {
    const { id } = await mail.campaigns.create(input);
    const result = await mail.campaigns.addRecipients(id, [
      {
        to: 'Ada <Ada@mail.example>',
        locale: 'nl-be',
        metadata: { account: '42' },
        replyTo: ['grace@shop.example', { email: 'help@shop.example', name: 'Help' }],
      },
      { email: 'bob@mail.example', name: 'Bob' },
    ]);
    expect(result).to.deep.include({ added: 2, rejected: 0 });
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    const [ada, bob] = smtp.given.sort((a, b) => a.to.email.localeCompare(b.to.email));
    expect(ada).to.deep.include({
      to: { email: 'ada@mail.example', name: 'Ada' },
      metadata: { account: '42' },
      replyTo: [{ email: 'grace@shop.example' }, { email: 'help@shop.example', name: 'Help' }],
    });
    expect(bob).to.deep.include({
      to: { email: 'bob@mail.example', name: 'Bob' },
      metadata: {},
      replyTo: [],
    });
    const { messages } = await mail.messages.find({ metadata: { account: '42' } });
    expect(messages).to.have.length(1);
    expect(messages[0]).to.deep.include({ locale: 'nl-BE', campaignId: id, metadata: { account: '42' } });
  });

  it('say by its field what is wrong with a recipient', async () => {
    const { id } = await mail.campaigns.create(input);
    const throwing = Object.defineProperty({ to: 'x@mail.example' }, 'data', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const wrong = [
      { to: 'nobody' },
      { email: 'nobody' },
      { to: 'a@mail.example', email: 'a@mail.example' },
      { to: 'a@mail.example', metdata: {} },
      { to: 'a@mail.example', locale: 'dutch!' },
      { to: 'a@mail.example', metadata: { 'not a key': 'x' } },
      { to: 'a@mail.example', metadata: { account: 42 } },
      { to: 'a@mail.example', replyTo: 'nobody' },
      { to: 'a@mail.example', data: [1] },
      { to: 'a@mail.example', data: { note: 'x'.repeat(300 * 1024) } },
      { to: 'a@mail.example', data: { big: 1n } },
      throwing,
      null,
      42,
    ];
    const result = await mail.campaigns.addRecipients(id, wrong as never[]);
    expect(result).to.include({ added: 0, rejected: wrong.length });
    expect(result.faults.map(({ field }) => field).slice(0, 9)).to.deep.equal([
      ...['to', 'email', 'email', 'metdata', 'locale', 'metadata.not a key', 'metadata.account', 'replyTo'],
      'data',
    ]);
    expect(result.faults[3]?.message).to.equal('A recipient has no field metdata: did you mean metadata?');
  });

  it('refuse a topic that the configuration’s list lacks, wherever one is named', async () => {
    await mail.close();
    mail = await openMail({ transports: [smtp], now: clock.now, topics: ['news', 'offers'] });
    const said = { address: 'ada@mail.example', granted: true };
    const named: ((topic: string) => Promise<unknown>)[] = [
      topic => mail.campaigns.create({ ...input, topic }),
      topic => mail.consent.record({ ...said, topic }),
      topic => mail.send(upgradeInput({ topic })),
    ];
    for (const name of named) {
      const { code, field, message } = await refusal(name('nwes'));
      expect([code, field]).to.deep.equal(['invalid-input', 'topic']);
      expect(message).to.equal('There is no topic nwes: did you mean news?');
      expect((await refusal(name('something-else'))).message).to.equal(
        'There is no topic something-else: there are: news, offers.',
      );
      await name('offers');
    }
    await mail.campaigns.create({ ...input, topic: undefined });

    await mail.consent.record({ ...said, topic: 'one-of-before', granted: false });
    const withdrawn = (await mail.consent.list(said.address)).find(({ topic }) => topic === 'one-of-before');
    expect(withdrawn, 'a withdrawal counts whatever is listed').to.include({ granted: false });
  });

  it('happen when, and only when, the caller’s transaction commits', async () => {
    const launch = async (fails: boolean) => {
      let id = '';
      const work = db.transaction(async trx => {
        ({ id } = await mail.campaigns.create(input, { trx, by: 'ada' }));
        await mail.campaigns.addRecipients(id, [{ to: 'ada@mail.example' }], { trx });
        expect((await mail.campaigns.launch(id, { trx })).state).to.equal('scheduled');
        await mail.suppressions.add('broadcast', 'eve@mail.example', 'asked', { trx });
        await mail.consent.record({ topic: 'news', address: 'ada@mail.example', granted: true }, { trx });
        if (fails) throw new Error('undo');
      });
      await work.catch(() => undefined);
      return id;
    };
    const undone = await launch(true);
    expect((await refusal(mail.campaigns.get(undone))).code).to.equal('unknown-campaign');
    expect(await mail.suppressions.list()).to.deep.equal([]);
    expect(await mail.consent.list('ada@mail.example')).to.deep.equal([]);
    expect((await mail.audit.list({ by: 'ada' })).entries).to.deep.equal([]);
    const done = await launch(false);
    expect(await mail.campaigns.get(done)).to.include({ state: 'scheduled', audience: 1 });
    expect(await mail.suppressions.list()).to.have.length(1);
    expect(await mail.consent.list('ada@mail.example')).to.have.length(1);
  });

  it('leave a caller’s transaction usable after a refusal', async () => {
    await db.transaction(async trx => {
      const { id } = await mail.campaigns.create(input, { trx });
      expect((await refusal(mail.campaigns.launch(id, { trx }))).code).to.equal('wrong-state');
      await mail.campaigns.addRecipients(id, [{ to: 'ada@mail.example' }], { trx });
    });
    expect(await mail.campaigns.list()).to.have.length(1);
  });

  it('are paused and cancelled with the caller, their messages by the worker', async () => {
    const { id } = await mail.campaigns.create(input);
    await mail.campaigns.addRecipients(id, [{ to: 'ada@mail.example' }, { to: 'bob@mail.example' }]);
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    const state = async () => (await db('postlane_messages').distinct('state').pluck('state')).join();
    await db.transaction(async trx => {
      expect((await mail.campaigns.pause(id, { trx })).state).to.equal('paused');
    });
    await mail.work.expandCampaigns();
    expect(await state()).to.equal('held');
    await db.transaction(trx => mail.campaigns.resume(id, { trx }));
    await mail.work.expandCampaigns();
    expect(await state()).to.equal('queued');
    await db('postlane_messages').update({ state: 'failed' });
    await db.transaction(async trx => {
      expect(await mail.campaigns.retryFailed(id, { trx })).to.equal(2);
    });
    expect(await state()).to.equal('queued');
    await db.transaction(trx => mail.campaigns.cancel(id, { trx }));
    await mail.work.expandCampaigns();
    expect(await state()).to.equal('cancelled');
  });

  it('are made once under a key, and answer the same again', async () => {
    const key = { idempotencyKey: 'may-2026' };
    const first = await mail.campaigns.create(input, key);
    const again = await mail.campaigns.create(input, key);
    expect(again.id).to.equal(first.id);
    expect(await refusal(mail.campaigns.create({ ...input, name: 'June' }, key))).to.include({
      code: 'idempotency-conflict',
      field: 'idempotencyKey',
    });
    await mail.campaigns.addRecipients(first.id, [{ to: 'ada@mail.example' }]);
    await mail.campaigns.launch(first.id, key);
    expect((await mail.campaigns.launch(first.id, key)).state).to.equal('scheduled');
    expect((await refusal(mail.campaigns.launch(first.id))).code).to.equal('wrong-state');
    expect(await mail.campaigns.list()).to.have.length(1);

    const add = () => mail.suppressions.add('broadcast', 'eve@mail.example', 'asked', key);
    expect([await add(), await add()]).to.deep.equal([true, true]);
    clock.advance(1000);
    await mail.suppressions.lift('broadcast', 'eve@mail.example', 'asked', key);
    await mail.suppressions.lift('broadcast', 'eve@mail.example', 'asked', key);
    expect((await refusal(mail.suppressions.lift('broadcast', 'eve@mail.example', 'x'))).code).to.equal(
      'wrong-state',
    );
    // Of the first hour alone: what was said since stands.
    const yes = { topic: 'news', address: 'ada@mail.example', granted: true };
    await mail.consent.record(yes, key);
    clock.advance(1000);
    await mail.consent.record({ ...yes, granted: false });
    clock.advance(1000);
    await mail.consent.record(yes, key);
    expect((await mail.consent.list('ada@mail.example'))[0]?.granted).to.equal(false);
  });

  it('are made once by many that race with one key', async () => {
    const creates = Array.from({ length: 6 }, () => mail.campaigns.create(input, { idempotencyKey: 'race' }));
    const ids = (await Promise.all(creates)).map(({ id }) => id);
    expect(new Set(ids).size).to.equal(1);
    expect(await db('postlane_campaigns')).to.have.length(1);
  });

  it('forget a key that failed, and those that are old', async () => {
    const { id } = await mail.campaigns.create(input);
    const launch = () => mail.campaigns.launch(id, { idempotencyKey: 'launch' });
    expect((await refusal(launch())).code).to.equal('wrong-state');
    await mail.campaigns.addRecipients(id, [{ to: 'ada@mail.example' }]);
    expect((await launch()).state).to.equal('scheduled');
    expect(await db('postlane_idempotency_keys')).to.have.length(1);
    clock.advance(46 * 24 * 3_600_000);
    await mail.work.purge();
    expect(await db('postlane_idempotency_keys')).to.deep.equal([]);
  });

  it('name an option that there is not, with the one that was meant', async () => {
    const wrong = async (options: object) => {
      const { field, message } = await refusal(mail.campaigns.create(input, options));
      return `${field}: ${message}`;
    };
    expect(await wrong({ idempotencykey: 'x' })).to.equal(
      'idempotencykey: idempotencykey is not an option: did you mean idempotencyKey?',
    );
    expect(await wrong({ transaction: {} })).to.match(/did you mean trx/);
    expect(await wrong({ trx: null })).to.match(/^trx: trx is null: begin the transaction first/);
    expect(await wrong({ trx: db })).to.match(/^trx: A knex instance is no transaction/);
    expect(await wrong({ trx: {} })).to.match(/^trx: /);
    const { field, message } = await refusal(mail.campaigns.create({ ...input, topics: 'x' } as never));
    expect(`${field}: ${message}`).to.match(/did you mean topic\?$/);
    expect(await db('postlane_campaigns')).to.deep.equal([]);
  });
});
