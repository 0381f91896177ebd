import { expect } from 'chai';
import { movePages } from '../../server/mail/campaigns/campaigns-store.ts';
import type { CampaignState } from '../../server/mail/campaigns/states.ts';
import type { Mail } from '../../server/mail/index.ts';
import { transition } from '../../server/mail/messages/transitions-store.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

describe('campaigns whose operator died halfway', () => {
  const db = testDatabase();
  const clock = createClock();
  let mail: Mail;
  let id: string;

  before(async () => {
    mail = await openMail({ transports: [createScriptedTransport('postmark-smtp')], now: clock.now });
  });
  after(() => mail.close());
  beforeEach(async () => {
    ({ id } = await mail.campaigns.create({ name: 'May', template: 'newsletter', data: newsletterData }));
    await mail.campaigns.addRecipients(id, [{ email: 'a@mail.example' }, { email: 'b@mail.example' }]);
    await mail.campaigns.launch(id);
    await mail.work.expandCampaigns();
    await mail.campaigns.pause(id);
  });

  const states = () => db('postlane_messages').where({ campaign_id: id }).pluck('state');
  /** Only the campaign's own row was written before the end. */
  const died = (state: string) => db('postlane_campaigns').where({ id }).update({ state, finished_at: null });

  it('are cancelled to the end', async () => {
    await died('cancelled');
    expect(await states()).to.deep.equal(['held', 'held']);
    await mail.work.expandCampaigns();
    expect(await states()).to.deep.equal(['cancelled', 'cancelled']);
    const { finishedAt } = await mail.campaigns.get(id);
    expect(finishedAt).to.be.an.instanceOf(Date);
    await mail.work.expandCampaigns();
    expect((await mail.campaigns.get(id)).finishedAt).to.deep.equal(finishedAt);
  });

  it('are held to the end', async () => {
    await db('postlane_messages')
      .where({ campaign_id: id })
      .limit(1)
      .update({ state: 'queued', due_at: new Date() });
    await mail.work.expandCampaigns();
    expect(await states()).to.deep.equal(['held', 'held']);
  });

  it('are moved as far as asked, and only while they are in the state that it was asked for', async () => {
    const change = { at: clock.now(), dueAt: clock.now() };
    const move = (most: number, ...during: CampaignState[]) =>
      movePages(
        work => db.transaction(work),
        id,
        during,
        most,
        (trx, page) => transition(trx, 'release', page, change),
      );
    expect(await move(9, 'sending', 'cancelled'), 'paused').to.equal(0);
    expect(await move(1, 'paused')).to.equal(1);
    expect((await states()).sort()).to.deep.equal(['held', 'queued']);
    expect(await move(9, 'paused')).to.equal(1);
    expect(await states()).to.deep.equal(['queued', 'queued']);
  });

  it('go on where they were resumed', async () => {
    await died('scheduled');
    await mail.work.expandCampaigns();
    expect(await states()).to.deep.equal(['queued', 'queued']);
    await mail.work.deliverDue('bulk');
    await mail.work.expandCampaigns();
    expect((await mail.campaigns.get(id)).state).to.equal('done');
  });

  it('are cancelled to the end also when they had been done once, and tried again', async () => {
    await mail.campaigns.resume(id);
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    await mail.work.expandCampaigns();
    await db('postlane_messages').where({ campaign_id: id }).limit(1).update({ state: 'failed' });
    expect(await mail.campaigns.retryFailed(id)).to.equal(1);
    clock.advance(1000);
    expect(await mail.campaigns.cancel(id)).to.deep.include({ state: 'cancelled', finishedAt: clock.now() });
    expect((await states()).sort()).to.deep.equal(['cancelled', 'sent']);
  });
});
