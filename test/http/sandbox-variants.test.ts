import { expect } from 'chai';
import { readArguments } from '../sandbox/arguments.ts';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox, type SandboxOptions, type Variants } from '../sandbox/index.ts';
import { createReceiver, type Receiver } from '../sandbox/receiver.ts';
import { refusalOf } from '../support/postmark-refusal.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const smtpMail = { from: mail.From, to: mail.To, subject: 'Hello', text: 'Hi' };

describe("the sandbox's variants", () => {
  let sandbox: Sandbox;
  let receiver: Receiver;

  before(async () => {
    receiver = await createReceiver();
  });
  afterEach(() => sandbox.close());
  after(() => receiver.close());

  async function start(variants: Partial<Variants>, options: SandboxOptions = {}): Promise<void> {
    receiver.hooks.length = 0;
    sandbox = await createSandbox({ deliveryMs: 0, variants, webhook: { url: receiver.url }, ...options });
  }

  const ladders = [
    ['six', 'Delivery', ['6', '5', '4', '3', '2', '1', '0']],
    ['legacy', 'Delivery', ['3', '2', '1', '0']],
    ['legacy', 'Bounce', ['10', '9', '8', '7', '6', '5', '4', '3', '2', '1', '0']],
  ] as const;
  for (const [retries, recordType, remaining] of ladders) {
    it(`retries a ${recordType} as often as '${retries}' says`, async () => {
      await start({ retries });
      const bounces = recordType === 'Bounce';
      receiver.answerWith(...Array<number>(remaining.length).fill(500));
      const To = bounces ? 'HardBounce@bounce-testing.postmarkapp.com' : mail.To;
      sandbox.faults.add({ where: 'webhook:SubscriptionChange', kind: 'lose' });
      await restClient(sandbox).sendEmail({ ...mail, To });
      await sandbox.clock.advance(12 * 3_600_000);
      expect(receiver.hooks.map(({ headers }) => headers['x-pm-retries-remaining'])).to.deep.equal(remaining);
    });
  }

  it('tries again after a 204 when only 200 will do, without a trace id', async () => {
    await start({ takenBy: '200', traceId: 'left out' });
    receiver.answerWith(204);
    await restClient(sandbox).sendEmail(mail);
    await sandbox.idle();
    await sandbox.clock.advance(60_000);
    expect(receiver.hooks).to.have.length(2);
    expect(receiver.hooks[0]?.headers).not.to.have.property('x-pm-webhook-trace-id');
  });

  it('refuses a message with one inactive recipient', async () => {
    await start({ partlyInactive: 'refused' });
    sandbox.suppress('outbound', mail.To);
    const both = { ...mail, Cc: 'bob@mail.example' };
    expect(await refusalOf(restClient(sandbox).sendEmail(both))).to.include({ status: 422, code: 406 });
    await smtpClient(sandbox).sendMail({ ...smtpMail, cc: both.Cc });
    expect(sandbox.messages.last()?.refused).to.equal(true);
  });

  it('refuses a whole batch for one wrong stream', async () => {
    await start({ batchStream: 'request' });
    const batch = restClient(sandbox).sendEmailBatch([mail, { ...mail, MessageStream: 'nowhere' }]);
    expect(await refusalOf(batch)).to.include({ status: 422, code: 1235 });
    expect(sandbox.messages.count).to.equal(0);
  });

  it('refuses SMTP mail that breaks a rule, and does not lose what has long metadata', async () => {
    await start({ smtpFault: 'refused', smtpLongMetadata: 'bounced' });
    const headers = { 'X-PM-Metadata-a': 'x'.repeat(81) };
    const error = await smtpClient(sandbox)
      .sendMail({ ...smtpMail, headers })
      .catch((caught: unknown) => caught);
    expect(error).to.include({ responseCode: 554 });
    expect(sandbox.messages.count).to.equal(0);
  });

  it('lets unsubscribes be taken back, and shows suppressions late', async () => {
    await start({ unsubscribes: 'removable' }, { suppressionLagMs: 5000 });
    const client = restClient(sandbox);
    await client.sendEmail(mail);
    await sandbox.idle();
    sandbox.unsubscribe(mail.To);
    const listed = async () => (await client.getSuppressions('outbound')).Suppressions.length;
    expect(await listed()).to.equal(0);
    await sandbox.clock.advance(5000);
    expect(await listed()).to.equal(1);
    const { Suppressions } = await client.deleteSuppressions('outbound', {
      Suppressions: [{ EmailAddress: mail.To }],
    });
    expect(Suppressions[0]).to.include({ Status: 'Deleted' });
  });

  it('takes the test token everywhere, and words 413 as JSON', async () => {
    await start({ testToken: 'everywhere', tooLarge: 'json' });
    expect(await restClient(sandbox, 'POSTMARK_API_TEST').getServer()).to.include({ ID: 77 });
    const large = { ...mail, TextBody: 'x'.repeat(11_000_000) };
    expect(await refusalOf(restClient(sandbox).sendEmail(large))).to.include({
      status: 413,
      message: 'Request Entity Too Large',
    });
  });

  it('change while it runs, from code and over the control surface, with the lags', async () => {
    await start({});
    const client = restClient(sandbox);
    await client.sendEmail(mail);
    const found = async () => (await client.getOutboundMessages()).TotalCount;
    expect(await found()).to.equal(1);
    sandbox.adjust({ searchLagMs: 60_000, variants: { batchStream: 'request' } });
    expect(await found()).to.equal(0);
    const set = async (body: object) => {
      const init = {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      };
      return (await fetch(`${sandbox.apiUrl}/sandbox/settings`, init)).status;
    };
    for (const wrong of [{ searchLagMs: -1 }, { variants: { retries: 'many' } }, { accountState: 'rich' }])
      expect(await set(wrong)).to.equal(400);
    expect(await set({ searchLagMs: 0 })).to.equal(200);
    expect(await found()).to.equal(1);
    const batch = client.sendEmailBatch([{ ...mail, MessageStream: 'nowhere' }]);
    expect(await refusalOf(batch)).to.include({ code: 1235 });
  });
});

describe("the command's variants", () => {
  it('are read as name=value', () => {
    const read = (text: string) => readArguments(['--variants', text], {})?.options.variants;
    expect(read('retries=six, traceId=left out')).to.deep.equal({ retries: 'six', traceId: 'left out' });
    expect(() => read('retries=many')).to.throw(
      '--variants must be retries=nine or retries=six or retries=legacy.',
    );
    expect(() => read('mood=good')).to.throw(/one of the names retries, /);
  });
});
