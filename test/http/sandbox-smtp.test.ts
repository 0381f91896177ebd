import { connect } from 'node:net';
import { expect } from 'chai';
import type { SendMailOptions, Transporter } from 'nodemailer';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';

const mail = {
  from: 'Shop <shop@sender.example>',
  to: 'Zoë <zoe@mail.example>',
  subject: 'Grüße',
  text: 'Hi',
};

describe('the sandbox takes mail over SMTP', () => {
  let sandbox: Sandbox;
  let transport: Transporter;

  beforeEach(async () => {
    sandbox = await createSandbox({ deliveryMs: 1, verifiedDomains: ['sender.example'] });
    transport = smtpClient(sandbox);
  });
  afterEach(async () => {
    transport.close();
    await sandbox.close();
  });

  async function send(more: SendMailOptions = {}): Promise<void> {
    await transport.sendMail({ ...mail, ...more });
    await sandbox.idle();
  }

  it('answers with a queue id, not with the MessageID', async () => {
    const info = await transport.sendMail(mail);
    expect(info.response).to.match(/^250 2\.0\.0 Ok: queued as [0-9A-F]{10}$/);
  });

  it('reads the control headers and keeps them from the recipient', async () => {
    await send({
      cc: 'c@mail.example',
      bcc: 'b@mail.example',
      headers: {
        'X-PM-Message-Stream': 'broadcast',
        'X-PM-Tag': 'news',
        'X-PM-TrackOpens': 'true',
        'X-PM-TrackLinks': 'HtmlOnly',
        'X-PM-Metadata-Postlane-Attempt': 'attempt-1',
        'X-PM-Metadata-order': 'Ä-17',
      },
    });
    expect(sandbox.messages.last()).to.deep.include({
      stream: 'broadcast',
      via: 'smtp',
      from: '"Shop" <shop@sender.example>',
      to: [{ Email: 'zoe@mail.example', Name: 'Zoë' }],
      cc: [{ Email: 'c@mail.example', Name: '' }],
      bcc: [{ Email: 'b@mail.example', Name: '' }],
      subject: 'Grüße',
      tag: 'news',
      trackOpens: true,
      trackLinks: 'HtmlOnly',
      metadata: { 'postlane-attempt': 'attempt-1', order: 'Ä-17' },
      status: 'Sent',
    });
    expect(sandbox.copies('attempt-1')).to.equal(1);
    const content = await sandbox.content('zoe@mail.example');
    const names = content?.headers.map(({ Name }) => Name.toLowerCase()) ?? [];
    expect(names.filter(name => name.startsWith('x-pm-'))).to.deep.equal([
      'x-pm-message-id',
      'x-pm-tag',
      'x-pm-rcpt',
      'x-pm-message-options',
      'x-pm-mta-pool',
    ]);
    expect(content?.headers).to.deep.include({
      Name: 'X-PM-RCPT',
      Value: `|${Buffer.from('m0|1|77|zoe@mail.example').toString('base64')}|`,
    });
    expect(content?.headers).to.deep.include({ Name: 'Return-Path', Value: '<pm_bounces@pm.mtasv.net>' });
    expect(content?.text).to.contain('Hi');
  });

  it('replaces the Message-ID unless told to keep it', async () => {
    const ids = async (): Promise<string[]> => {
      const content = await sandbox.content('zoe@mail.example');
      return (
        content?.headers.filter(({ Name }) => Name.toLowerCase() === 'message-id').map(h => h.Value) ?? []
      );
    };
    await send({ messageId: '<own@sender.example>' });
    expect(await ids()).to.deep.equal([`<${sandbox.messages.last()?.id}@mtasv.net>`]);
    await send({ messageId: '<own@sender.example>', headers: { 'X-PM-KeepID': 'true' } });
    expect(await ids()).to.deep.equal(['<own@sender.example>']);
  });

  it('numbers a metadata key that comes twice', async () => {
    const raw = 'From: shop@sender.example\r\nX-PM-Metadata-a: 1\r\nX-PM-Metadata-A: 2\r\n\r\nHi\r\n';
    await transport.sendMail({ envelope: { from: 'shop@sender.example', to: 'zoe@mail.example' }, raw });
    expect(sandbox.messages.last()?.metadata).to.deep.equal({ a: '1', a2: '2' });
  });

  it('puts the unsubscribe link where the placeholder stands', async () => {
    await send({
      text: 'Leave: {{{ pm:unsubscribe }}}',
      html: '<a href="{{{ pm:unsubscribe }}}">leave</a> {{{pm:unsubscribe}}}',
      headers: { 'X-PM-Message-Stream': 'broadcast' },
    });
    const content = await sandbox.content('zoe@mail.example');
    const url = `${sandbox.apiUrl}/sandbox/unsubscribe/${sandbox.messages.last()?.id}/0`;
    expect(content?.text.trim()).to.equal(`Leave: ${url}`);
    expect(content?.html.trim()).to.equal(`<a href="${url}">leave</a> <a href="${url}">Unsubscribe</a>`);
    expect(content?.headers).to.deep.include({ Name: 'List-Unsubscribe', Value: `<${url}>` });
    expect(content?.headers).to.deep.include({
      Name: 'List-Unsubscribe-Post',
      Value: 'List-Unsubscribe=One-Click',
    });
  });

  it('adds a footer on a broadcast stream without placeholder, and none on a transactional one', async () => {
    await send({ html: '<body>Hi</body>', headers: { 'X-PM-Message-Stream': 'broadcast' } });
    const broadcast = await sandbox.content('zoe@mail.example');
    expect(broadcast?.html).to.match(/Hi<p[^>]*><a href="http[^"]+">Unsubscribe<\/a><\/p><\/body>/);
    expect(broadcast?.text).to.match(/Unsubscribe: http/);
    await send({ html: '<body>Hi</body>' });
    const plain = await sandbox.content('zoe@mail.example');
    expect(plain?.html.trim()).to.equal('<body>Hi</body>');
    expect(plain?.headers.some(({ Name }) => Name === 'List-Unsubscribe')).to.equal(false);
  });

  const refused: [what: string, more: SendMailOptions, details: RegExp][] = [
    ['an inactive recipient', { to: 'gone@mail.example' }, /^Error 406: You tried to send to recipient\(s\)/],
    ['an unknown stream', { headers: { 'X-PM-Message-Stream': 'nowhere' } }, /^Error 1235/],
    ['an unverified sender', { from: 'a@other.example' }, /^Error 400/],
    ['a forbidden attachment', { attachments: [{ filename: 'run.exe', content: 'x' }] }, /^Error 411/],
    ['a long metadata key', { headers: { [`X-PM-Metadata-${'k'.repeat(21)}`]: 'v' } }, /^Error 300/],
    [
      '51 recipients',
      { to: Array.from({ length: 51 }, (_, i) => `a${i}@mail.example`) },
      /^Error 300: .*50 recipients/,
    ],
  ];
  for (const [what, more, details] of refused) {
    it(`takes ${what} with a 250 and lists an SMTPApiError`, async () => {
      sandbox.suppress('outbound', 'gone@mail.example', 'HardBounce');
      await send(more);
      const { Bounces } = await restClient(sandbox).getBounces();
      expect(Bounces.map(({ Type, TypeCode, Inactive }) => [Type, TypeCode, Inactive])).to.deep.equal([
        ['SMTPApiError', 100007, false],
      ]);
      expect(Bounces[0]?.Details).to.match(details);
      expect(sandbox.copiesByRecipient().size).to.equal(0);
    });
  }

  it('loses a message with an over-long metadata value without trace', async () => {
    await send({ headers: { 'X-PM-Metadata-order': 'v'.repeat(81) } });
    expect(sandbox.messages.count).to.equal(0);
    expect((await restClient(sandbox).getBounces()).TotalCount).to.equal(0);
  });

  for (const method of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
    it(`logs in with AUTH ${method}`, async () => {
      const { hostname, port } = new URL(sandbox.smtpUrl);
      const { createTransport } = await import('nodemailer');
      const other = createTransport({
        host: hostname,
        port: Number(port),
        requireTLS: true,
        tls: { ca: sandbox.caCertificate },
        authMethod: method,
        auth: { user: sandbox.token, pass: sandbox.token },
      });
      expect(await other.verify()).to.equal(true);
      other.close();
    });
  }

  it('refuses a wrong password with 535', async () => {
    const other = smtpClient(sandbox, { user: sandbox.token, pass: 'wrong' });
    const error = await other.verify().catch((caught: unknown) => caught);
    expect(error).to.include({ code: 'EAUTH', responseCode: 535 });
    other.close();
  });

  it('offers STARTTLS, PIPELINING, SIZE, 8BITMIME and AUTH', async () => {
    const { hostname, port } = new URL(sandbox.smtpUrl);
    const socket = connect(Number(port), hostname);
    let heard = '';
    await new Promise<void>(resolve => {
      socket.on('data', chunk => {
        heard += chunk.toString();
        if (/^220 [^\r\n]*\r\n$/.test(heard)) socket.write('EHLO test\r\n');
        if (/^250 [^\r\n]*\r\n/m.test(heard)) resolve();
      });
    });
    socket.destroy();
    for (const word of ['STARTTLS', 'PIPELINING', 'SIZE 20480000', '8BITMIME', 'AUTH PLAIN LOGIN CRAM-MD5']) {
      expect(heard).to.contain(word);
    }
  });

  it('trusts nobody who does not have its certificate', async () => {
    const { hostname, port } = new URL(sandbox.smtpUrl);
    const { createTransport } = await import('nodemailer');
    const other = createTransport({ host: hostname, port: Number(port), requireTLS: true });
    const error = await other.verify().catch((caught: unknown) => caught);
    expect(String(error)).to.match(/self-signed certificate/);
    other.close();
  });
});
