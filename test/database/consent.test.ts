import { expect } from 'chai';
import { demoPolicy } from '../../server/demo/policy.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import type { ConsentRecords } from '../../server/mail/people/consent-records.ts';
import { consentRecordsIn } from '../../server/mail/people/consent-store.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { rowsTouched } from '../support/reads.ts';
import { refusal } from '../support/refusal.ts';
import { accept, createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

const minute = 60_000;

describe('what people said about topics', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let now = new Date();
  let people = 0;
  let address: string;

  before(async () => {
    api = createScriptedTransport('postmark-api', accept);
    mail = await openMail({
      transports: [api, createScriptedTransport('postmark-smtp', accept)],
      policy: demoPolicy,
      publicUrl: 'https://shop.example/mail',
      now: () => now,
    });
  });
  beforeEach(() => {
    now = new Date();
    people += 1;
    address = `person-${people}@mail.example`;
  });
  after(() => mail.close());

  const said = async () => (await mail.consent.list(address)).map(one => [one.topic, one.granted]);
  const later = (ms: number) => new Date(now.getTime() + ms);
  const sentState = async (topic: string) => {
    const { id } = await mail.send({ template: 'newsletter', to: address, topic, data: newsletterData });
    await mail.work.deliverDue('bulk');
    const found = await mail.messages.get(id);
    return [found?.state, found?.reason];
  };
  const subscribed = async (topic: string) =>
    (await mail.consent.preferences(address, { also: [topic] })).topics.find(one => one.key === topic);
  const handedOver = async (email: string) => {
    const inHand = () => db('postlane_messages').where({ recipient: email, state: 'sending' }).first('id');
    while (await inHand()) await new Promise(resolve => setTimeout(resolve, 5));
    return mailsTo(email);
  };
  const mailsTo = (email: string) => api.given.filter(one => one.to.email === email);

  it('keeps the newest, of two of one moment the refusal, and nothing from the future', async () => {
    const statement = { topic: 'newsletter', address, source: 'host' } as const;
    await mail.consent.record({ ...statement, granted: true, at: later(3_600_000) });
    expect(await mail.consent.record({ ...statement, granted: false, at: later(0) })).to.equal('withdrawn');
    expect(await mail.consent.record({ ...statement, granted: true, at: later(0) })).to.equal('outdated');
    expect(await mail.consent.record({ ...statement, granted: true, at: later(-minute) })).to.equal(
      'outdated',
    );
    expect(await said()).to.deep.equal([['newsletter', false]]);
    const history = await mail.consent.history(address);
    expect(history.map(one => one.granted)).to.deep.equal([true, true, false, true]);
  });

  it('takes what is said now as the last word, though the clock of another process was ahead', async () => {
    const statement = {
      topic: 'newsletter',
      address,
      source: 'person',
      wording: 'News?',
      locale: 'nl',
    } as const;
    await mail.consent.record({ ...statement, granted: true });
    now = later(-minute);
    await mail.consent.record({ ...statement, granted: false });
    now = later(-minute);
    await mail.consent.record({ ...statement, granted: true });
    await mail.consent.record({ ...statement, granted: false });
    expect(await said()).to.deep.equal([['newsletter', false]]);
    const [last] = await mail.consent.history(address);
    expect(last).to.include({
      source: 'person',
      wording: 'News?',
      locale: 'nl',
      scope: 'topic',
      pending: false,
    });
  });

  it('is set and taken back as a whole, and done twice changes nothing', async () => {
    const first = await mail.consent.setPreferences(address, {
      topics: { newsletter: false },
      allBulk: true,
    });
    expect(first.changed).to.deep.equal([
      { scope: 'topic', topic: 'newsletter', granted: false, pending: false },
      { scope: 'bulk', topic: null, granted: false, pending: false },
    ]);
    const again = await mail.consent.setPreferences(address, {
      topics: { newsletter: false },
      allBulk: true,
    });
    expect(again).to.deep.equal({ changed: [], stays: [] });
    expect(await mail.consent.preferences(address)).to.include({ allBulk: true, nonEssential: false });
    expect((await sentState('newsletter'))[0]).to.equal('suppressed');
    const back = await mail.consent.setPreferences(address, { topics: { newsletter: true }, allBulk: false });
    expect(back.changed.map(one => [one.scope, one.granted])).to.deep.equal([
      ['topic', true],
      ['bulk', true],
    ]);
    expect(back.stays).to.deep.equal([]);
    expect(await sentState('newsletter')).to.deep.equal(['sent', null]);
    expect((await mail.consent.history(address)).map(one => [one.scope, one.granted])).to.deep.equal([
      ['bulk', true],
      ['topic', true],
      ['bulk', false],
      ['topic', false],
    ]);
  });

  it('takes back what the person asked for, and says what stays', async () => {
    const entered = { address, note: 'by phone' };
    await mail.suppressions.add({ ...entered, scope: 'topic', topic: 'newsletter', source: 'person' });
    await mail.suppressions.add({ ...entered, scope: 'bulk', source: 'operator' });
    expect(await subscribed('newsletter')).to.include({ subscribed: false, source: 'person' });
    const { changed, stays } = await mail.consent.setPreferences(address, { topics: { newsletter: true } });
    expect(changed).to.have.length(1);
    expect(stays.map(({ suppression }) => suppression.source)).to.deep.equal(['operator']);
    expect(stays[0]?.why).to.include('operator');
    expect(await subscribed('newsletter')).to.include({ subscribed: true });
  });

  it('is part of the caller’s transaction', async () => {
    const trx = await db.transaction();
    await mail.consent.setPreferences(
      address,
      { topics: { newsletter: false }, nonEssential: true },
      { trx },
    );
    await trx.rollback();
    expect(await said()).to.deep.equal([]);
    expect(await mail.consent.preferences(address)).to.include({ nonEssential: false });
    expect(await mail.consent.history(address)).to.deep.equal([]);
  });

  it('leaves out copies to people who withdrew', async () => {
    const copy = `copy-${address}`;
    await mail.consent.record({ topic: 'newsletter', address: copy, granted: false });
    const { id } = await mail.send({ template: 'newsletter', to: address, cc: copy, data: newsletterData });
    await mail.work.deliverDue('bulk');
    expect((await mail.messages.get(id))?.leftOut.map(one => one.reason)).to.deep.equal([
      'consent withdrawn',
    ]);
  });

  it('plans a withdrawal as such beside an operator’s entry', async () => {
    await mail.consent.record({ topic: 'newsletter', address, granted: false });
    await mail.suppressions.add({ address, scope: 'bulk', note: 'x' });
    expect(await sentState('newsletter')).to.deep.equal(['suppressed', 'consent withdrawn']);
    const { id } = await mail.campaigns.create({ name: 'N', template: 'newsletter', data: newsletterData });
    await mail.campaigns.addRecipients(id, [{ to: address }, { to: `other-${address}` }]);
    expect(await mail.campaigns.plan(id)).to.include({ willReceive: 1, withdrawn: 1, suppressed: 0 });
  });

  it('reads the rows of one address among many', async () => {
    const many = Array.from({ length: 600 }, (_, i) => `crowd-${i}@mail.example`);
    const at = new Date();
    const said = { granted: 1, source: 'host', evidence: null };
    await db.batchInsert(
      'postlane_consents',
      many.map(one => ({ ...said, topic: 'newsletter', address: one, changed_at: at })),
    );
    await db.batchInsert(
      'postlane_consent_changes',
      many.map(one => ({
        ...{ ...said, scope: 'topic', topic: 'newsletter', address: one, pending: 0 },
        ...{ said_at: at, recorded_at: at },
      })),
    );
    await db.batchInsert(
      'postlane_consent_confirmations',
      many.map((one, i) => ({
        ...{ topic: 'newsletter', address: one, link_id: `link-${i}`, source: 'person' },
        ...{ asked_at: at, mailed_at: at, expires_at: later(minute) },
      })),
    );
    await db.raw('ANALYZE TABLE postlane_consents, postlane_consent_changes, postlane_consent_confirmations');
    const [one = ''] = many;
    const reads: Record<string, (records: ConsentRecords) => Promise<unknown>> = {
      consents: records => records.consents(one),
      history: records => records.history(one, 500),
      pending: records => records.pending(one, at),
      locked: records => records.locked('newsletter', one),
      byLink: records => records.byLink('link-0'),
    };
    for (const [name, read] of Object.entries(reads)) {
      const touched = await db.transaction(trx =>
        rowsTouched(trx, inner => read(consentRecordsIn(inner, () => at))),
      );
      expect(touched, name).to.be.greaterThan(0).and.at.most(4);
    }
  });

  describe('of a topic with double opt-in', () => {
    const token = async (email: string) => {
      const text = (await handedOver(email)).at(-1)?.text ?? '';
      return /https:\/\/shop\.example\/mail\/confirm\/([\w.-]+)/.exec(text)?.[1] ?? '';
    };
    const grant = (options: object = {}) =>
      mail.consent.record({ topic: 'club', address, granted: true, source: 'person', ...options });

    before(() => mail.topics.save('club', { name: 'Club', doubleOptIn: true }));

    it('counts once it is confirmed, and mails at most once an hour', async () => {
      expect(await grant({ evidence: 'footer', locale: 'nl' })).to.equal('pending');
      expect(await grant()).to.equal('pending');
      await Promise.all([grant(), grant()]);
      expect(await handedOver(address)).to.have.length(1);
      expect(await subscribed('club')).to.include({ subscribed: false, pending: true });
      expect(await sentState('club')).to.deep.equal(['suppressed', 'no consent given']);

      const link = await token(address);
      expect(await mail.consent.inspectConfirmation(link)).to.include({ state: 'open', address });
      expect(await subscribed('club')).to.include({ subscribed: false, pending: true });
      expect(await mail.consent.confirm(link)).to.include({ state: 'confirmed' });
      expect(await mail.consent.confirm(link)).to.include({ state: 'confirmed' });
      expect(await subscribed('club')).to.include({ subscribed: true, pending: false, source: 'person' });
      expect(await sentState('club')).to.deep.equal(['sent', null]);
      const [confirmed] = await mail.consent.history(address);
      expect(confirmed).to.include({ granted: true, pending: false });
    });

    it('is wished for with the rest or not at all: what fails midway has lifted nothing, and is whole when repeated', async () => {
      const refusing = { topics: { newsletter: false }, nonEssential: true };
      await mail.consent.setPreferences(address, refusing);
      const before = [await mail.consent.history(address), await mail.suppressions.history(address)];
      // Whose links to confirm would lead nowhere: the last step of the wish fails.
      const halfway = await createMail({ ...testConfig(), migrate: false }, { role: 'command' });
      const wish = { nonEssential: false, topics: { newsletter: true, club: true }, allBulk: true };
      const failed = await refusal(halfway.consent.setPreferences(address, wish));
      await halfway.close();
      expect(failed).to.include({ code: 'invalid-input', field: 'doubleOptIn' });
      expect([await mail.consent.history(address), await mail.suppressions.history(address)]).to.deep.equal(
        before,
      );
      expect(await mail.consent.preferences(address)).to.include({ nonEssential: true, allBulk: false });

      const { changed } = await mail.consent.setPreferences(address, wish);
      expect(changed.map(({ scope, topic, granted }) => [scope, topic, granted])).to.deep.equal([
        ['topic', 'club', true],
        ['topic', 'newsletter', true],
        ['bulk', null, false],
        ['non-essential', null, true],
      ]);
      expect((await mail.consent.setPreferences(address, { nonEssential: false })).changed).to.deep.equal([]);
    });

    it('ends with a withdrawal, and after a week', async () => {
      await grant();
      const link = await token(address);
      await mail.consent.setPreferences(address, { topics: { club: false } });
      expect(await mail.consent.confirm(link)).to.include({ state: 'expired' });
      expect((await subscribed('club'))?.subscribed).to.equal(false);
      now = later(61 * minute);
      await grant();
      expect(await handedOver(address)).to.have.length(2);
      now = later(8 * 24 * 60 * minute);
      expect(await mail.consent.confirm(await token(address))).to.include({ state: 'expired' });
    });

    it('needs no link where the address is known to be theirs, and takes no forged one', async () => {
      expect(await grant({ confirmed: true })).to.equal('granted');
      expect(await handedOver(address)).to.have.length(0);
      const other = `other-${address}`;
      await mail.consent.record({ topic: 'club', address: other, granted: true });
      const [id = '', signature = ''] = (await token(other)).split('.');
      for (const forged of [
        '',
        '.',
        id,
        `${id}.`,
        `${id}.${signature.slice(1)}`,
        `${signature}.${signature}`,
      ])
        expect(await mail.consent.confirm(forged), forged).to.deep.equal({ state: 'unknown' });
    });
  });

  describe('the register', () => {
    it('has the topics of the policy, with words by language', async () => {
      expect((await mail.topics.list()).map(one => one.key)).to.include.members([
        'newsletter',
        'announcement',
      ]);
      await mail.topics.save('newsletter', {
        name: 'Newsletter',
        translations: { nl: { name: 'Nieuwsbrief', description: 'Elke maand' } },
      });
      const [dutch] = (await mail.topics.list({ locale: 'nl-BE' })).filter(one => one.key === 'newsletter');
      expect(dutch).to.include({ name: 'Nieuwsbrief', description: 'Elke maand' });
    });

    it('decides on consent and streams of bulk mail, and archives', async () => {
      await mail.topics.save('offers', { consent: 'opt-in' });
      expect(await sentState('offers')).to.deep.equal(['suppressed', 'no consent given']);
      await mail.consent.record({ topic: 'offers', address, granted: true });
      expect(await sentState('offers')).to.deep.equal(['sent', null]);

      await mail.topics.save('offers', { streams: ['broadcast'] });
      const send = { template: 'newsletter', to: address, topic: 'offers', data: newsletterData };
      expect((await refusal(mail.send({ ...send, stream: 'second' }))).message).to.include('not by second');
      const { id } = await mail.send(send);
      await db('postlane_messages').where({ id }).update({ stream: 'second' });
      await mail.work.deliverDue('bulk');
      expect(await mail.messages.get(id)).to.include({
        ...{ state: 'failed', reason: 'a stream that its topic does not use' },
      });
      for (const streams of [['outbound'], ['nowhere']])
        expect((await refusal(mail.topics.save('offers', { streams }))).field).to.equal('streams');

      await mail.topics.archive('offers');
      expect((await refusal(mail.send(send))).message).to.include('archived');
      const granted = mail.consent.record({ topic: 'offers', address, granted: true });
      expect((await refusal(granted)).message).to.include('archived');
      expect((await refusal(mail.topics.archive('offers'))).code).to.equal('wrong-state');
      expect((await mail.topics.list()).map(one => one.key)).not.to.include('offers');
      await mail.topics.restore('offers');
      expect((await sentState('offers'))[0]).to.equal('sent');
    });

    it('refuses what contradicts itself', async () => {
      const both = mail.topics.save('club', { consent: 'opt-out' });
      expect((await refusal(both)).field).to.equal('consent');
    });
  });
});
