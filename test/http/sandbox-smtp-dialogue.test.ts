import { expect } from 'chai';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { type Talk, talkTo } from '../support/smtp-talk.ts';

describe("the sandbox's SMTP dialogue", () => {
  let sandbox: Sandbox;
  let talk: Talk;

  beforeEach(async () => {
    sandbox = await createSandbox({ deliveryMs: 0, token: 'the-token' });
    talk = await talkTo(sandbox.smtpUrl);
    await talk.hear();
  });
  afterEach(async () => {
    talk.close();
    await sandbox.close();
  });

  const plain = (user: string, password: string): string =>
    Buffer.from(`\0${user}\0${password}`).toString('base64');

  async function logIn(): Promise<void> {
    await talk.say('EHLO test', `AUTH PLAIN ${plain('the-token', 'the-token')}`);
  }

  const lastText = async (): Promise<string | undefined> =>
    (await sandbox.content(sandbox.messages.last()?.id ?? ''))?.text.trimEnd();

  /** Hands a message over and answers the last reply. */
  async function handOver(content: string, ...to: string[]): Promise<string> {
    await logIn();
    const recipients = (to.length > 0 ? to : ['ada@mail.example']).map(email => `RCPT TO:<${email}>`);
    await talk.say('MAIL FROM:<shop@sender.example>', ...recipients, 'DATA');
    talk.write(`${content}\r\n.\r\n`);
    return talk.hear();
  }

  it('reads lone line feeds as line ends, but not as the end of a message', async () => {
    const content = 'From: shop@sender.example\nSubject: Lone\nX-PM-Tag: lf\n\nHi\n.\nthere';
    expect(await handOver(content)).to.match(/^250 /);
    expect(sandbox.messages.last()).to.include({ subject: 'Lone', tag: 'lf', refused: false });
    expect(await lastText()).to.equal('Hi\n.\nthere');
  });

  const HEAD = 'From: shop@sender.example\r\nSubject: Hello';
  const bounced: [string, string, string[], RegExp][] = [
    ['a recipient at no domain', `${HEAD}\r\n\r\nHi`, ['ada@localhost'], /Illegal email domain 'localhost'/],
    ['no body', `${HEAD}\r\n\r\n \r\n`, [], /Provide either email TextBody or HtmlBody/],
    ['nothing but headers', HEAD, [], /Provide either email TextBody or HtmlBody/],
    [
      'more than 5 MB of text',
      `${HEAD}\r\n\r\n${`${'x'.repeat(998)}\r\n`.repeat(5300)}`,
      [],
      /'TextBody' value. It is limited to 5 MB/,
    ],
  ];
  for (const [what, content, to, words] of bounced) {
    it(`takes ${what} and bounces it as an SMTPApiError`, async () => {
      expect(await handOver(content, ...to)).to.match(/^250 /);
      expect(sandbox.messages.last()?.refused).to.equal(true);
      expect(sandbox.messages.last()?.events[0]?.details.Summary).to.match(words);
    });
  }

  it('knows the options of MAIL and RCPT', async () => {
    await logIn();
    for (const option of ['BODY=BINARYMIME', 'RET=SOME'])
      expect(await talk.say(`MAIL FROM:<shop@sender.example> ${option}`)).to.match(/^501 5\.5\.4 /);
    expect(await talk.say('MAIL FROM:<shop@sender.example> SIZE=many')).to.match(/^501 5\.5\.4 /);
    expect(await talk.say('MAIL FROM:<shop@sender.example> BODY=8bitmime SIZE=900 RET=HDRS')).to.match(
      /^250 /,
    );
    expect(await talk.say('RCPT TO:<ada@mail.example> FOO=1')).to.match(/^555 5\.5\.4 /);
    expect(await talk.say('RCPT TO:<ada@mail.example> NOTIFY=NEVER')).to.match(/^250 /);
  });

  it('forgets a client that disappears in the middle of its message', async () => {
    await logIn();
    await talk.say('MAIL FROM:<shop@sender.example>', 'RCPT TO:<ada@mail.example>', 'DATA');
    talk.write(`${HEAD}\r\n\r\nHalf of`);
    talk.close();
    const next = await talkTo(sandbox.smtpUrl);
    expect(await next.hear()).to.match(/^220 /);
    next.close();
    expect(sandbox.messages.count).to.equal(0);
  });

  it('lists its extensions', async () => {
    expect((await talk.say('EHLO test')).split('\r\n')).to.deep.equal([
      '250-localhost',
      '250-PIPELINING',
      '250-8BITMIME',
      '250-ENHANCEDSTATUSCODES',
      '250-DSN',
      '250-AUTH PLAIN LOGIN CRAM-MD5',
      '250-STARTTLS',
      '250 SIZE 20480000',
    ]);
    expect(await talk.say('HELO test')).to.equal('250 localhost');
  });

  const outOfTurn: [what: string, lines: string[], reply: RegExp][] = [
    ['MAIL before EHLO', ['MAIL FROM:<a@b.example>'], /^503 5\.5\.1 Error: send HELO/],
    ['AUTH before EHLO', ['AUTH PLAIN'], /^503 5\.5\.1 Error: send HELO/],
    ['MAIL before AUTH', ['EHLO x', 'MAIL FROM:<a@b.example>'], /^530 5\.7\.0/],
    ['an unknown mechanism', ['EHLO x', 'AUTH XOAUTH2'], /^504 5\.5\.4/],
    ['AUTH given up', ['EHLO x', 'AUTH LOGIN', '*'], /^501 5\.5\.4/],
    ['an unknown command', ['EHLO x', 'BDAT 5 LAST'], /^500 5\.5\.2/],
    ['EHLO without a name', ['EHLO'], /^501 /],
    ['STARTTLS with an argument', ['EHLO x', 'STARTTLS now'], /^501 5\.5\.4/],
    ['a web browser', ['GET / HTTP/1.1'], /^421 /],
    ['NOOP', ['NOOP'], /^250 2\.0\.0 OK/],
    ['QUIT', ['QUIT'], /^221 2\.0\.0 Bye/],
  ];
  for (const [what, lines, reply] of outOfTurn) {
    it(`answers ${what} with ${reply.source}`, async () => {
      expect(await talk.say(...lines)).to.match(reply);
    });
  }

  const refused: [line: string, reply: RegExp][] = [
    ['RCPT TO:<a@b.example>', /^503 5\.5\.1 Error: need MAIL/],
    ['DATA', /^503 5\.5\.1 Error: need RCPT/],
    ['MAIL FROM:<a@@b>', /^501 5\.1\.7/],
    ['MAIL TO:<a@b.example>', /^501 5\.1\.7/],
    ['MAIL FROM:<a@b.example> SIZE=20480001', /^552 5\.3\.4/],
    ['MAIL FROM:<a@b.example> SMTPUTF8', /^555 5\.5\.4 Unsupported option: SMTPUTF8/],
  ];
  for (const [line, reply] of refused) {
    it(`refuses ${line}`, async () => {
      await logIn();
      expect(await talk.say(line)).to.match(reply);
    });
  }

  it('takes what is pipelined in one go, in order', async () => {
    await logIn();
    talk.write(
      'MAIL FROM:<shop@sender.example>\r\nRCPT TO:<a@mail.example>\r\nRCPT TO:<nobody>\r\nRCPT TO:<A@mail.example>\r\nDATA\r\n' +
        'From: shop@sender.example\r\nSubject: One\r\n\r\nHi\r\n.\r\n' +
        'MAIL FROM:<> BODY=8BITMIME\r\nRCPT TO:<b@mail.example> NOTIFY=NEVER\r\nDATA\r\n' +
        'From: shop@sender.example\r\nSubject: Two\r\n\r\nHi\r\n.\r\nQUIT\r\n',
    );
    const codes: string[] = [];
    for (let i = 0; i < 10; i += 1) codes.push((await talk.hear()).slice(0, 9));
    expect(codes).to.deep.equal([
      '250 2.1.0',
      '250 2.1.5',
      '501 5.1.3',
      '250 2.1.5',
      '354 End d',
      '250 2.0.0',
      '250 2.1.0',
      '250 2.1.5',
      '354 End d',
      '250 2.0.0',
    ]);
    expect(await talk.hear()).to.equal('221 2.0.0 Bye');
    await talk.ended();
    const got = sandbox.messages.all().map(({ subject, recipients }) => [subject, ...recipients]);
    expect(got).to.deep.equal([
      ['One', 'a@mail.example'],
      ['Two', 'b@mail.example'],
    ]);
  });

  it('takes a message that arrives byte by byte, dots and all', async () => {
    await logIn();
    await talk.say('MAIL FROM:<shop@sender.example>', 'RCPT TO:<a@mail.example>', 'DATA');
    const stuffed = 'From: shop@sender.example\r\n\r\n..dot\r\n...two\r\nnot.one\r\n.\nno end\r\n.\r\n';
    for (const byte of Buffer.from(stuffed)) {
      talk.write(Buffer.from([byte]));
      await new Promise(resolve => setImmediate(resolve));
    }
    expect(await talk.hear()).to.match(/^250 2\.0\.0 Ok: queued/);
    expect(await lastText()).to.equal('.dot\n..two\nnot.one\n.\nno end');
  });

  it('takes an empty message', async () => {
    await logIn();
    await talk.say('MAIL FROM:<shop@sender.example>', 'RCPT TO:<a@mail.example>', 'DATA');
    expect(await talk.say('.')).to.match(/^250 /);
    expect(await talk.say('NOOP')).to.match(/^250 /);
  });

  it('refuses a message past the limit and goes on', async () => {
    await logIn();
    await talk.say('MAIL FROM:<shop@sender.example>', 'RCPT TO:<a@mail.example>', 'DATA');
    const line = Buffer.from(`${'x'.repeat(998)}\r\n`);
    for (let i = 0; i < 21; i += 1) talk.write(Buffer.concat(Array.from({ length: 1000 }, () => line)));
    expect(await talk.say('.')).to.match(/^552 5\.3\.4/);
    expect(await talk.say('MAIL FROM:<shop@sender.example>')).to.match(/^250 /);
    expect(sandbox.messages.count).to.equal(0);
  });

  it('ends a connection whose line never ends', async () => {
    talk.write('x'.repeat(20_000));
    expect(await talk.hear()).to.match(/^421 /);
    await talk.ended();
  });

  it('forgets everything that was said before TLS, also what came along with STARTTLS', async () => {
    await logIn();
    talk.write('STARTTLS\r\nMAIL FROM:<evil@mail.example>\r\n');
    expect(await talk.hear()).to.match(/^220 2\.0\.0/);
    await talk.secure(sandbox.caCertificate);
    expect(await talk.say('MAIL FROM:<a@b.example>')).to.match(/^503 .*HELO/);
    const extensions = await talk.say('EHLO test');
    expect(extensions).to.contain('AUTH PLAIN').and.not.contain('STARTTLS');
    expect(await talk.say('MAIL FROM:<a@b.example>')).to.match(/^530 /);
    expect(await talk.say('STARTTLS')).to.match(/^503 5\.5\.1/);
  });

  it('RSET forgets the envelope and keeps the login', async () => {
    await logIn();
    await talk.say('MAIL FROM:<shop@sender.example>', 'RCPT TO:<a@mail.example>', 'RSET');
    expect(await talk.say('DATA')).to.match(/^503 /);
    expect(await talk.say('MAIL FROM:<shop@sender.example>')).to.match(/^250 /);
    expect(await talk.say('MAIL FROM:<shop@sender.example>')).to.match(/^503 5\.5\.1 Error: nested/);
  });
});
