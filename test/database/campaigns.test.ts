import { expect } from 'chai';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('campaigns', () => {
  const db = testDatabase();
  let mail: Mail;
  let smtp: ScriptedTransport;

  beforeEach(async () => {
    smtp = createScriptedTransport('postmark-smtp');
    mail = await openMail({ transports: [smtp] });
  });
  afterEach(() => mail.close());

  const draft = () =>
    mail.campaigns.create({
      name: 'May letter',
      template: 'newsletter',
      topic: 'news',
      data: newsletterData,
    });
  function* readers(count: number) {
    for (let i = 0; i < count; i += 1)
      yield { email: `Reader${i}@mail.example`, name: `Reader ${i}`, data: { name: `R${i}` } };
  }
  const launched = async (count: number) => {
    const { id } = await draft();
    await mail.campaigns.addRecipients(id, readers(count));
    await mail.campaigns.launch(id);
    return id;
  };
  const refusal = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);

  it('goes from draft to done, each recipient once, with personal fields', async () => {
    const id = await launched(2500);
    expect(await mail.work.expandCampaigns()).to.equal(2500);
    expect(await mail.work.deliverDue('bulk')).to.equal(2500);
    await mail.work.expandCampaigns();
    expect((await mail.campaigns.get(id)).state).to.equal('done');
    expect(await mail.campaigns.progress(id)).to.deep.include({
      audience: 2500,
      expanded: 2500,
      open: 0,
      share: 1,
    });
    expect(new Set(smtp.given.map(({ to }) => to.email)).size).to.equal(2500);
    await testDatabase()('postlane_campaign_recipients').delete();
    expect(await mail.campaigns.progress(id), 'of a purged audience').to.include({
      audience: 2500,
      share: 1,
    });
    const seventh = smtp.given.find(({ to }) => to.email === 'reader7@mail.example');
    expect(seventh?.html).to.include('R7');
    expect(seventh?.text).to.include('{{{ pm:unsubscribe }}}');
    expect(seventh).to.include({ stream: 'broadcast' });
  });

  it('reports faulty recipients by their place and counts an address once', async () => {
    const { id } = await draft();
    const result = await mail.campaigns.addRecipients(id, [
      { email: 'a@mail.example' },
      { email: 'broken' },
      { email: 'A@mail.example' },
      { email: 'b@mail.example', data: { name: 7 as unknown as string } },
    ]);
    expect(result).to.deep.include({ added: 1, duplicates: 1, rejected: 2 });
    expect(result.faults.map(({ index, field }) => [index, field])).to.deep.equal([
      [1, 'email'],
      [3, 'data.name'],
    ]);
  });

  it('plans who gets it and keeps to it', async () => {
    const { id } = await draft();
    await mail.campaigns.addRecipients(id, readers(5));
    await mail.suppressions.add('broadcast', 'reader1@mail.example', 'asked');
    await mail.suppressions.add('outbound', 'reader2@mail.example', 'another stream');
    await mail.consent.record({ topic: 'news', address: 'reader3@mail.example', granted: false });
    await mail.consent.record({ topic: 'other', address: 'reader4@mail.example', granted: false });
    expect(await mail.campaigns.plan(id)).to.deep.equal({
      audience: 5,
      willReceive: 3,
      suppressed: 1,
      withdrawn: 1,
      withoutConsent: 0,
    });
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    expect(smtp.given.map(({ to }) => to.email).sort()).to.deep.equal([
      'reader0@mail.example',
      'reader2@mail.example',
      'reader4@mail.example',
    ]);
    expect((await mail.campaigns.progress(id)).byState).to.deep.equal({ sent: 3, suppressed: 2 });
  });

  it('has a recent count of a large campaign on its way, and counts a small one, or when asked, anew', async () => {
    const id = await launched(3);
    await mail.work.expandCampaigns();
    await mail.work.rollUp();
    await mail.work.deliverDue('bulk');
    const recent = () => mail.campaigns.progress(id, { recent: true });
    expect((await recent()).byState).to.deep.equal({ sent: 3 });
    const byState = { queued: 100_000, sent: 200_000 };
    await db('postlane_campaigns').where({ id }).update({ audience: 400_000 });
    await db('postlane_campaign_progress')
      .where({ campaign_id: id })
      .update({ by_state: JSON.stringify(byState) });
    const counts = { audience: 400_000, expanded: 300_000, open: 100_000, share: 0.5 };
    expect(await recent()).to.deep.equal({ ...counts, byState });
    expect((await mail.campaigns.progress(id)).byState).to.deep.equal({ sent: 3 });
    await mail.campaigns.pause(id);
    expect((await recent()).byState).to.deep.equal({ sent: 3 });
  });

  it('expands every page once when two workers expand at once', async () => {
    const id = await launched(3200);
    const made = await Promise.all([mail.work.expandCampaigns(), mail.work.expandCampaigns()]);
    expect(made[0] + made[1]).to.equal(3200);
    expect((await mail.campaigns.progress(id)).expanded).to.equal(3200);
  });

  it('pauses, resumes and cancels', async () => {
    const id = await launched(1200);
    await mail.work.expandCampaigns();
    await mail.campaigns.pause(id);
    expect(await mail.work.deliverDue('bulk')).to.equal(0);
    expect((await mail.campaigns.progress(id)).byState).to.deep.equal({ held: 1200 });
    await mail.campaigns.resume(id);
    await mail.work.expandCampaigns();
    const stop = new AbortController();
    smtp.answer((_envelope, count) => {
      if (count === 10) stop.abort();
      return { kind: 'accepted', code: 'smtp-250', answer: '250 OK', providerMessageId: null };
    });
    const sent = await mail.work.deliverDue('bulk', stop.signal);
    expect(sent).to.be.greaterThan(0).and.lessThan(1200);
    await mail.campaigns.cancel(id);
    expect((await mail.campaigns.progress(id)).byState).to.deep.equal({ sent, cancelled: 1200 - sent });
    expect(await mail.work.deliverDue('bulk')).to.equal(0);
  });

  it('waits for its time', async () => {
    const sendAt = new Date(Date.now() + 3_600_000);
    const { id } = await mail.campaigns.create({
      name: 'Later',
      template: 'newsletter',
      data: newsletterData,
      sendAt,
    });
    await mail.campaigns.addRecipients(id, readers(1));
    await mail.campaigns.launch(id);
    expect(await mail.work.expandCampaigns()).to.equal(0);
    await db('postlane_campaigns').where({ id }).update({ send_at: '2020-01-01' });
    expect(await mail.work.expandCampaigns()).to.equal(1);
  });

  it('retries the failed ones', async () => {
    const id = await launched(3);
    await mail.work.expandCampaigns();
    smtp.answer(() => ({ kind: 'rejected', code: 'smtp-554', answer: 'no', inactive: [] }));
    await mail.work.deliverDue('bulk');
    smtp.answer(() => ({ kind: 'accepted', code: 'smtp-250', answer: 'ok', providerMessageId: null }));
    expect(await mail.campaigns.retryFailed(id)).to.equal(3);
    await mail.work.deliverDue('bulk');
    expect((await mail.campaigns.progress(id)).byState).to.deep.equal({ sent: 3 });
  });

  it('says no in plain words', async () => {
    const { id } = await draft();
    const refusals: [() => Promise<unknown>, string][] = [
      [() => mail.campaigns.launch(id), 'wrong-state'],
      [() => mail.campaigns.pause(id), 'wrong-state'],
      [() => mail.campaigns.get('nope'), 'unknown-campaign'],
      [() => mail.campaigns.create({ name: '', template: 'newsletter' }), 'invalid-input'],
      [() => mail.campaigns.create({ name: 'x', template: 'password-reset' }), 'invalid-input'],
      [() => mail.campaigns.create({ name: 'x', template: 'nope' }), 'unknown-template'],
    ];
    for (const [ask, code] of refusals) {
      expect(await refusal(ask()))
        .to.be.instanceOf(MailError)
        .and.include({ code });
    }
  });
});
