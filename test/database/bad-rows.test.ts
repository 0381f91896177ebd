import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import type { ProviderEvent } from '../../server/mail/providers/event.ts';
import type { Provider } from '../../server/mail/providers/provider.ts';
import { type Carrier, createCarrier } from '../support/carrier.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { useSandbox } from '../support/sandbox.ts';
import { accept, createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('one bad row', () => {
  const db = testDatabase();
  const { sandbox } = useSandbox();
  let mail: Mail;
  let api: ScriptedTransport;
  let bulk: ScriptedTransport;
  let clock: ReturnType<typeof createClock>;

  beforeEach(async () => {
    clock = createClock();
    api = createScriptedTransport('postmark-api');
    bulk = createScriptedTransport('postmark-smtp');
    mail = await openMail({
      transports: [api, bulk],
      now: clock.now,
      timing: { unknownGraceMs: 60_000, unknownRetryMs: 10_000, unknownGiveUpMs: 3_600_000 },
    });
  });
  afterEach(() => mail.close());

  /** Seven that are due together; the fourth is the bad one. */
  const queueSeven = async (): Promise<{ bad: string; good: string[] }> => {
    const sendAt = new Date(clock.now().getTime() + 1000);
    const ids: string[] = [];
    for (let i = 0; i < 7; i++)
      ids.push((await mail.send(resetInput({ to: `m${i}@mail.example`, sendAt }))).id);
    clock.advance(1000);
    const [bad = ''] = ids.splice(3, 1);
    return { bad, good: ids };
  };

  const row = (id: string) => db('postlane_messages').where({ id }).first();
  const statesOf = async (ids: string[]) =>
    (await db('postlane_messages').whereIn('id', ids).select('state')).map(({ state }) => state);
  const six = (state: string) => Array<string>(6).fill(state);

  const withoutForeignKeys = async (sql: string, bindings: string[]) =>
    db.transaction(async trx => {
      await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 0');
      await trx.raw(sql, bindings);
      await trx.raw('SET SESSION FOREIGN_KEY_CHECKS = 1');
    });

  const setContent = (content: unknown) => (id: string) =>
    db('postlane_message_contents')
      .where({ message_id: id })
      .update({ content: typeof content === 'string' ? content : JSON.stringify(content) });

  /** A version of its own for the bad one, with a source that is no longer what it was. */
  const ownVersion = (content: string) => async (id: string) => {
    const { template_version_id } = await row(id);
    const { id: _, ...version } = await db('postlane_template_versions')
      .where({ id: template_version_id })
      .first();
    const [own] = await db('postlane_template_versions').insert({
      ...version,
      version: 99,
      published: null,
      content: content || version.content.replaceAll('{{', '{{#'),
    });
    await db('postlane_messages').where({ id }).update({ template_version_id: own });
  };

  const spoilt: Record<string, { spoil: (id: string) => PromiseLike<unknown>; reason: RegExp }> = {
    'content that is no JSON': { spoil: setContent('{"to":['), reason: /content cannot be read/ },
    'content that is no object': { spoil: setContent('null'), reason: /it is no object/ },
    'content without a recipient': { spoil: setContent({ to: [], data: {} }), reason: /names no recipient/ },
    'an address that cannot be read': {
      spoil: setContent({ to: [{ email: 7 }], data: {} }),
      reason: /an address that is none/,
    },
    'data that its template cannot take': {
      spoil: setContent({ to: [{ email: 'm3@mail.example' }], data: { resetUrl: { toString: 1 } } }),
      reason: /cannot be rendered/,
    },
    'no content at all': {
      spoil: id => db('postlane_message_contents').where({ message_id: id }).delete(),
      reason: /purged/,
    },
    'a version that is not there': {
      spoil: id =>
        withoutForeignKeys('UPDATE postlane_messages SET template_version_id = 999999 WHERE id = ?', [id]),
      reason: /no template version 999999/,
    },
    'a version that no longer compiles': { spoil: ownVersion(''), reason: /cannot be (used|rendered)/ },
    'a version that is no JSON': { spoil: ownVersion('{'), reason: /cannot be read/ },
  };

  for (const [what, { spoil, reason }] of Object.entries(spoilt)) {
    it(`fails alone: ${what}`, async () => {
      const { bad, good } = await queueSeven();
      await spoil(bad);
      await mail.work.deliverDue('transactional');
      expect(await statesOf(good)).to.deep.equal(six('sent'));
      const failed = await row(bad);
      expect(failed.state).to.equal('failed');
      expect(failed.reason).to.match(reason);
      if (what === 'a version that is not there') return;
      expect((await mail.messages.get(bad))?.state, 'and can be looked at').to.equal('failed');
      expect((await mail.messages.find({})).messages).to.have.length(7);
    });
  }

  it('goes with the others when only its count of attempts is wrong', async () => {
    const { bad, good } = await queueSeven();
    const at = '2026-01-01';
    for (const number of [1, 2])
      await db('postlane_attempts').insert({
        ...{ id: `00000000-0000-7000-8000-00000000000${number}`, message_id: bad, number },
        ...{ stream: 'outbound', transport: 'postmark-api', created_at: at, settled_at: at },
      });
    await mail.work.deliverDue('transactional');
    expect(await statesOf([...good, bad])).to.deep.equal([...six('sent'), 'sent']);
    expect(await row(bad)).to.include({ attempt_count: 3 });
  });

  it('is taken up again when the attempt that it counts is not there', async () => {
    const { bad } = await queueSeven();
    await db('postlane_messages').where({ id: bad }).update({
      state: 'sending',
      attempt_count: 1,
      lease: '00000000-0000-7000-8000-000000000000',
      due_at: '2026-01-01',
    });
    await mail.work.recoverLeases();
    await mail.work.deliverDue('transactional');
    expect(await row(bad)).to.include({ state: 'sent' });
  });

  it('leaves the others alone with a transport that throws at it', async () => {
    const { bad, good } = await queueSeven();
    api.answer(({ to }) => {
      if (to.email === 'm3@mail.example') throw new TypeError('cannot read this');
      return accept();
    });
    await mail.work.deliverDue('transactional');
    expect(await statesOf([bad]), 'nobody knows what it had done before').to.deep.equal(['unknown']);
    // Asked about in vain, they are tried again: each for itself.
    await db('postlane_messages')
      .where({ state: 'unknown' })
      .update({ state: 'queued', due_at: '2026-01-01' });
    await mail.work.deliverDue('transactional');
    expect(await statesOf(good)).to.deep.equal(six('sent'));
    expect(await row(bad)).to.include({ state: 'unknown', reason: 'transport-threw' });
  });

  it('is recorded as what it is when the provider answers more than a column holds', async () => {
    const { bad, good } = await queueSeven();
    api.answer(({ to }) =>
      to.email === 'm3@mail.example'
        ? {
            kind: 'accepted',
            code: 'smtp-250 é',
            answer: 'x'.repeat(5000),
            providerMessageId: '😀'.repeat(80),
          }
        : accept(),
    );
    await mail.work.deliverDue('transactional');
    expect(await statesOf([...good, bad])).to.deep.equal([...six('sent'), 'sent']);
  });

  it('of an API page is refused alone when it cannot be composed', async () => {
    await mail.close();
    const config = testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl });
    mail = await openMail({ now: clock.now }, config);
    const { bad, good } = await queueSeven();
    await setContent({ to: [{ email: 'm3@mail.example', name: 7 }], data: resetInput().data })(bad);
    await mail.work.deliverDue('transactional');
    expect(await statesOf(good)).to.deep.equal(six('sent'));
    expect(await row(bad)).to.include({ state: 'failed' });
  });

  /** A module on another provider, some parts of which are as the test wants them. */
  const openOn = async (carrier: Carrier, parts: Partial<Provider>): Promise<void> => {
    await mail.close();
    mail = await openMail({ now: clock.now, providers: [{ ...carrier.provider, ...parts }] });
  };

  it('that is unknown and cannot be asked about leaves the others to be resolved', async () => {
    const carrier = createCarrier(clock.now);
    const asked = new Set<string>();
    let spoiltAttempt = '';
    await openOn(carrier, {
      lookup: async ({ id }) => {
        asked.add(id);
        if (id === spoiltAttempt) throw new TypeError('cannot read this');
        return { kind: 'found', providerMessageId: 'x'.repeat(100) };
      },
    });
    const { bad, good } = await queueSeven();
    await mail.work.deliverDue('transactional');
    ({ id: spoiltAttempt } = await db('postlane_attempts').where({ message_id: bad }).first());
    const at = { unknown_at: '2026-01-01', due_at: '2026-01-01', sent_at: null };
    await db('postlane_messages').update({ state: 'unknown', ...at });
    await db('postlane_messages').where({ id: bad }).update({ due_at: '2025-01-01' });
    await mail.work.resolveUnknowns();
    expect(asked.size).to.equal(7);
    expect(await statesOf(good)).to.deep.equal(six('sent'));
    expect(await statesOf([bad])).to.deep.equal(['unknown']);
    // In the end its category decides, as where a provider gives no clear answer.
    clock.advance(25 * 3_600_000);
    await mail.work.resolveUnknowns();
    expect(await row(bad)).to.include({ state: 'queued', reason: 'provably not accepted' });
  });

  it('of a provider’s list is kept without the address that no column holds, and the others are taken', async () => {
    const carrier = createCarrier(clock.now);
    const { lists } = carrier.provider;
    if (!lists) throw new Error('The carrier has lists.');
    const bounce = (recipient: string): ProviderEvent => ({
      ...{ kind: 'bounced', fact: recipient.slice(0, 20), stream: 'notices', recipient, attemptId: null },
      ...{ providerMessageId: null, occurredAt: clock.now(), details: {}, suppresses: null, raw: '{}' },
    });
    await openOn(carrier, {
      lists: {
        ...lists,
        async *bounces(stream) {
          const facts = ['a@mail.example', `${'b'.repeat(300)}@mail.example`, 'c@mail.example'];
          yield { events: stream === 'notices' ? facts.map(bounce) : [], unreadable: 0 };
        },
      },
    });
    await mail.work.reconcile();
    expect(
      (await db('postlane_events').select('recipient')).map(({ recipient }) => recipient),
    ).to.have.members(['a@mail.example', null, 'c@mail.example']);
    const runs = await mail.reconciliations.list();
    expect(runs.find(({ stream }) => stream === 'notices')).to.include({ problem: null, bouncesRepaired: 3 });
  });

  const campaign = async (name: string): Promise<string> => {
    const { id } = await mail.campaigns.create({ name, template: 'newsletter', data: newsletterData });
    const recipients = Array.from({ length: 7 }, (_, i) => ({ email: `${name}${i}@mail.example` }));
    await mail.campaigns.addRecipients(id, recipients);
    await mail.campaigns.launch(id);
    return id;
  };

  it('of a campaign fails alone, and a campaign that is unreadable holds up no other', async () => {
    const broken = await campaign('broken');
    const fine = await campaign('fine');
    await db('postlane_campaigns').where({ id: broken }).update({ data: '{' });
    await db('postlane_campaign_recipients')
      .where({ campaign_id: fine, address: 'fine3@mail.example' })
      .update({ data: '[' });
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    await mail.work.expandCampaigns();
    expect(bulk.given).to.have.length(6);
    const failed = await db('postlane_messages').where({ campaign_id: fine, state: 'failed' });
    expect(failed.map(({ recipient }) => recipient)).to.deep.equal(['fine3@mail.example']);
    expect(await db('postlane_messages').where({ campaign_id: broken, state: 'failed' })).to.have.length(7);
    expect((await mail.campaigns.list()).map(({ state }) => state)).to.deep.equal(['done', 'done']);
  });

  it('of an audience is left out when its message is there already, and a category that is gone stops its own campaign alone', async () => {
    const gone = await campaign('gone');
    const fine = await campaign('fine');
    await db('postlane_campaigns').where({ id: gone }).update({ category: 'removed' });
    const { id } = await mail.send(resetInput({ sendAt: new Date(clock.now().getTime() + 3_600_000) }));
    await db('postlane_messages')
      .where({ id })
      .update({ campaign_id: fine, recipient: 'fine3@mail.example' });
    await mail.work.expandCampaigns();
    expect(await db('postlane_messages').where({ campaign_id: fine })).to.have.length(7);
    expect((await mail.campaigns.get(fine))?.state).to.equal('sending');
    expect((await mail.campaigns.get(gone))?.state).to.equal('expanding');
  });
});
