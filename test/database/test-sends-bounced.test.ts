import { expect } from 'chai';
import { demoTemplates } from '../../server/demo/templates.ts';
import type { Mail } from '../../server/mail/index.ts';
import { readTemplateFiles } from '../../server/mail/templates/authoring/read-files.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';

const hourMs = 3_600_000;

describe('a test send that bounces', () => {
  const db = testDatabase();
  const clock = createClock();
  let sandbox: Sandbox;
  let mail: Mail;

  before(async () => {
    sandbox = await createSandbox({ deliveryMs: 0 });
    mail = await openMail({ now: clock.now }, testConfig({ token: sandbox.token, apiUrl: sandbox.apiUrl }));
    const content = (await readTemplateFiles(demoTemplates)).find(({ key }) => key === 'password-reset');
    if (!content) throw new Error('There is no such template.');
    const test = { to: 'hardbounce.me@mail.example', by: 'ada' };
    expect(await mail.templates.sendTest(content, test)).to.include({ kind: 'sent' });
    await sandbox.idle();
  });
  after(async () => {
    await mail.close();
    await sandbox.close();
  });

  const reported = {
    ...providerSamples.Bounce,
    Email: 'me@mail.example',
    Tag: 'postlane-test',
    Metadata: {},
  };

  it('is no fact of ours, and suppresses nobody', async () => {
    expect(await mail.receive('postmark', reported)).to.deep.equal({ result: 'test', messageId: null });
    expect(await mail.receive('postmark', { ...reported, RecordType: 'SpamComplaint' })).to.include({
      result: 'test',
    });
    expect(await db('postlane_events')).to.deep.equal([]);
    expect(await mail.suppressions.list()).to.deep.equal([]);
  });

  it('is neither seen nor missed by the night', async () => {
    clock.advance(hourMs / 4);
    const nights = await mail.work.reconcile();
    expect(nights.find(({ stream }) => stream === 'outbound')).to.include({
      bouncesSeen: 0,
      bouncesRepaired: 0,
      suppressionsSeen: 1,
      problem: null,
    });
    expect(await db('postlane_events').whereNot({ kind: 'suppressed' })).to.deep.equal([]);
  });

  it('is in no number and wants no attention', async () => {
    await mail.work.rollUp();
    expect(await mail.monitoring.alerts()).to.deep.equal([]);
    for (const table of ['postlane_messages', 'postlane_attempts', 'postlane_hourly_message_stats'])
      expect(await db(table), table).to.deep.equal([]);
  });

  it('leaves alone the reports about a message that has the same tag', async () => {
    const { id } = await mail.send(resetInput({ tag: 'postlane-test' }), { wait: true });
    const [attempt] = await mail.messages.attempts(id);
    const about = { Metadata: { 'postlane-attempt': attempt?.id }, Email: 'ada@mail.example', ID: 700000009 };
    expect(await mail.receive('postmark', { ...reported, ...about })).to.deep.equal({
      result: 'stored',
      messageId: id,
    });
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
  });

  it('mirrors whom the provider itself does not mail any more', async () => {
    const change = {
      ...providerSamples.SubscriptionChange,
      Recipient: 'me@mail.example',
      Tag: 'postlane-test',
    };
    await mail.receive('postmark', { ...change, SuppressSending: true, SuppressionReason: 'HardBounce' });
    expect(await mail.suppressions.list({ address: 'me@mail.example' })).to.have.length(1);
  });
});
