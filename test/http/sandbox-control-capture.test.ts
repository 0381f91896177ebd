import { expect } from 'chai';
import { loadConfig } from '../../server/config/index.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { type Capture, captureMail } from '../sandbox/index.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';

const mail = {
  From: 'Shop <shop@sender.example>',
  To: 'ada@mail.example',
  Subject: 'Your order',
  TextBody: 'Hi',
};

describe('captureMail', () => {
  let captured: Capture;

  before(async () => {
    captured = await captureMail();
  });
  beforeEach(() => captured.clear());
  after(() => captured.close());

  const send = (more = {}) => restClient(captured.sandbox).sendEmail({ ...mail, ...more });

  it('shows what was sent, over either road, oldest first', async () => {
    await send({ HtmlBody: '<p>Hi</p>', Tag: 'order', Metadata: { order: '17' }, Cc: 'bob@mail.example' });
    const transport = smtpClient(captured.sandbox);
    await transport.sendMail({
      from: 'a@sender.example',
      to: 'c@mail.example',
      subject: 'News',
      text: 'Hello',
    });
    transport.close();
    const [first, second] = await captured.messages();
    expect(first).to.deep.include({
      from: '"Shop" <shop@sender.example>',
      recipients: ['ada@mail.example', 'bob@mail.example'],
      subject: 'Your order',
      html: '<p>Hi</p>',
      text: 'Hi',
      stream: 'outbound',
      tag: 'order',
      metadata: { order: '17' },
      via: 'rest',
    });
    expect(second).to.include({ subject: 'News', via: 'smtp' });
    expect(second?.sentAt).to.be.instanceOf(Date);
  });

  it('narrows by recipient, subject, tag, stream, or any rule', async () => {
    await send({ Tag: 'order' });
    await send({ To: 'Bob <bob@mail.example>', Subject: 'Reset your password', MessageStream: 'broadcast' });
    const subjects = async (...wanted: Parameters<Capture['messages']>) =>
      (await captured.messages(...wanted)).map(({ subject }) => subject);
    expect(await subjects({ to: 'BOB@mail.example' })).to.deep.equal(['Reset your password']);
    expect(await subjects({ subject: 'order' })).to.deep.equal(['Your order']);
    expect(await subjects({ subject: /^reset/i })).to.deep.equal(['Reset your password']);
    expect(await subjects({ tag: 'order', subject: 'Reset' })).to.deep.equal([]);
    expect(await subjects({ stream: 'broadcast' })).to.deep.equal(['Reset your password']);
    expect(await subjects(({ text }) => text.startsWith('Hi'))).to.have.length(2);
  });

  it('waits for mail that is still to come', async () => {
    const waiting = captured.waitFor({ to: 'ada@mail.example' });
    await send();
    expect((await waiting).subject).to.equal('Your order');
  });

  it('says what came instead of what was waited for', async () => {
    const explain = (): Promise<Error> =>
      captured.waitFor({ subject: 'Never' }, { timeoutMs: 20 }).then(
        () => new Error('found'),
        (error: Error) => error,
      );
    expect((await explain()).message).to.equal('No such mail within 20 ms. No mail was sent.');
    await send();
    expect((await explain()).message).to.contain('"Your order" to ada@mail.example');
  });

  it('forgets when it is cleared, suppressions too', async () => {
    await send({ To: 'hardbounce@mail.example' });
    await captured.sandbox.idle();
    captured.clear();
    expect(await captured.messages()).to.deep.equal([]);
    expect((await send({ To: 'hardbounce@mail.example' })).ErrorCode).to.equal(0);
  });

  describe('in the place of Postmark', () => {
    let host: Mail;

    beforeEach(async () => {
      await emptyTables(testDatabase());
      const config = loadConfig({
        DATABASE_URL: testDatabaseUrl(),
        MAIL_FROM: 'Shop <shop@sender.example>',
        POSTLANE_LOG_LEVEL: 'silent',
        ...captured.env,
      });
      host = await createMail({ ...config, migrate: false, templates: demoTemplates });
      await host.templates.files.import();
    });
    afterEach(() => host.close());

    it('gets what the module sends', async () => {
      await host.send(
        {
          template: 'password-reset',
          to: 'ada@mail.example',
          data: { name: 'Ada', resetUrl: 'https://shop.example/reset/1', expiresInMinutes: 30 },
        },
        { wait: true },
      );
      const { text, via } = await captured.waitFor({ to: 'ada@mail.example' });
      expect(text).to.contain('https://shop.example/reset/1');
      expect(via).to.equal('rest');
    });
  });
});
