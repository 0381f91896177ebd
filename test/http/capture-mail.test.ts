import { expect } from 'chai';
import { type Capture, captureMail } from '../../server/testing/index.ts';
import { restClient, smtpClient } from '../sandbox/clients.ts';

const mail = {
  From: 'Shop <shop@sender.example>',
  To: 'ada@mail.example',
  Subject: 'Your order',
  TextBody: 'Hi',
};

describe('captureMail without a database', () => {
  let captured: Capture;

  before(async () => {
    captured = await captureMail();
  });
  beforeEach(() => captured.reset());
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
    expect((await explain()).message).to.equal(
      'No mail with subject "Never" was sent within 20 ms. Nothing is sent.',
    );
    await send();
    expect((await explain()).message).to.contain('"Your order" to ada@mail.example');
  });

  it('forgets when it is reset, suppressions too', async () => {
    await send({ To: 'hardbounce@mail.example' });
    await captured.sandbox.idle();
    await captured.reset();
    expect(await captured.messages()).to.deep.equal([]);
    expect((await send({ To: 'hardbounce@mail.example' })).ErrorCode).to.equal(0);
  });
});
