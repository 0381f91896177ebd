import { expect } from 'chai';
import { demoPolicy } from '../../server/demo/policy.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { accept, createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

const address = 'ada@mail.example';

describe('bulk mail, and what the provider refuses', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;

  const open = async (newsletter: object = {}) => {
    api = createScriptedTransport('postmark-api', accept);
    const smtp = createScriptedTransport('postmark-smtp', accept);
    const categories = { ...demoPolicy.categories, newsletter: { lane: 'bulk' as const, ...newsletter } };
    mail = await openMail({ transports: [api, smtp], policy: { categories } });
  };
  afterEach(() => mail.close());

  const newsletter = (over: object = {}) => ({
    ...{ template: 'newsletter', to: address, data: newsletterData },
    ...over,
  });
  const sentState = async (over: object = {}) => {
    const { id } = await mail.send(newsletter(over));
    await mail.work.deliverDue('bulk');
    const found = await mail.messages.get(id);
    return [found?.state, found?.reason];
  };

  it('never leaves on a transactional stream, whoever says so', async () => {
    await open();
    const refused = await refusal(mail.send(newsletter({ stream: 'outbound' })));
    expect(refused).to.include({ code: 'invalid-input', field: 'stream' });
    expect(refused.message).to.include('newsletter is bulk mail').and.include('outbound');
    expect(await sentState({ stream: 'second' })).to.deep.equal(['sent', null]);
    // Accepted before the policy changed.
    const { id } = await mail.send(newsletter());
    await db('postlane_messages').where({ id }).update({ stream: 'outbound' });
    await mail.work.deliverDue('bulk');
    const found = await mail.messages.get(id);
    expect([found?.state, found?.reason]).to.deep.equal(['failed', 'bulk mail on a transactional stream']);
    const routes = [{ stream: 'outbound', transport: 'postmark-smtp' }];
    await mail.close();
    const policy = await refusal(open({ routes }));
    expect(policy.field).to.equal('policy.categories.newsletter');
    await open();
  });

  it('asks consent by send as by campaign, on the topic of its category where it names none', async () => {
    await open({ consent: 'opt-in' });
    expect(await sentState()).to.deep.equal(['suppressed', 'no consent given']);
    await mail.consent.record({ topic: 'newsletter', address, granted: true });
    expect(await sentState()).to.deep.equal(['sent', null]);
    expect(await sentState({ topic: 'offers' })).to.deep.equal(['suppressed', 'no consent given']);
    const fields = { name: 'News', template: 'newsletter', data: newsletterData };
    const { id } = await mail.campaigns.create(fields);
    await mail.campaigns.addRecipients(id, [{ to: address }, { to: 'bob@mail.example' }]);
    expect(await mail.campaigns.plan(id)).to.include({ willReceive: 1, withoutConsent: 1 });
  });

  it('is withdrawn from, also where its category asks for no consent', async () => {
    await open({ consent: 'none' });
    expect(await sentState()).to.deep.equal(['sent', null]);
    await mail.consent.record({ topic: 'newsletter', address, granted: false });
    expect(await sentState()).to.deep.equal(['suppressed', 'consent withdrawn']);
    const fields = { name: 'News', template: 'newsletter', data: newsletterData };
    const { id } = await mail.campaigns.create(fields);
    await mail.campaigns.addRecipients(id, [{ to: address }]);
    expect(await mail.campaigns.plan(id)).to.include({ willReceive: 0, withdrawn: 1 });
  });

  it('stops when somebody asks for it by reply', async () => {
    await open();
    await mail.receive('postmark', {
      ...{ RecordType: 'Bounce', Type: 'Unsubscribe', ID: 7, MessageStream: 'broadcast', Email: address },
      ...{ BouncedAt: '2026-05-04T09:00:00Z', Inactive: false },
    });
    const [one] = await mail.suppressions.list();
    expect(one).to.include({ class: 'unsubscribe', stream: 'broadcast', address });
    expect((await mail.suppressions.evidence('broadcast', address))?.event?.details).to.include({
      type: 'Unsubscribe',
    });
    expect((await sentState())[0]).to.equal('suppressed');
    expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('sent');
  });

  it('keeps whom the provider refused as inactive, with the attempt, until it is lifted', async () => {
    await open();
    api.answer(() => ({
      kind: 'rejected',
      code: 'postmark-406',
      answer: 'You tried to send to recipients that have been marked as inactive.',
      inactive: [address],
    }));
    const { id, state } = await mail.send(resetInput({ to: address }), { wait: true });
    expect(state).to.equal('suppressed');
    const found = await mail.suppressions.evidence('outbound', address);
    expect(found?.suppression).to.include({ active: true, reason: 'InactiveRecipient', class: 'bounce' });
    expect(found?.event?.messageId).to.equal(id);
    expect(found?.event?.details.answer).to.include('marked as inactive');
    // The next is not even tried.
    const tried = api.given.length;
    expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('suppressed');
    expect(api.given).to.have.length(tried);
    expect(found?.fixed).to.equal(null);
  });
});
