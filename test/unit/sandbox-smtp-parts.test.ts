import { expect } from 'chai';
import MailComposer from 'nodemailer/lib/mail-composer';
import { digest, readDirectives } from '../sandbox/smtp/auth/digest-md5.ts';
import { Input, TOO_BIG } from '../sandbox/smtp/input.ts';
import { withWholeLineEnds } from '../sandbox/smtp/line-ends.ts';
import { readPath } from '../sandbox/smtp/path.ts';
import { measureTexts } from '../sandbox/smtp/text-parts.ts';

describe("the parts of the sandbox's SMTP", () => {
  const feed = (input: Input, text: string): void => input.push(Buffer.from(text));

  it('read lines that end in CRLF or LF, when they are complete', () => {
    const input = new Input();
    feed(input, 'EHLO a\r\nNOOP\n\r');
    expect([input.line(), input.line(), input.line()]).to.deep.equal(['EHLO a', 'NOOP', null]);
    feed(input, '\nQU');
    expect([input.line(), input.line()]).to.deep.equal(['', null]);
    feed(input, 'IT\r\n');
    expect(input.line()).to.equal('QUIT');
    expect(input.length).to.equal(0);
  });

  it('measure the texts of a message as they read, however they are nested and written', async () => {
    const [text, html] = ['Grüße\n--\nAda '.repeat(400), `<p>${'ä='.repeat(3000)}</p>`];
    for (const textEncoding of ['base64', 'quoted-printable'] as const) {
      const attachments = [
        { filename: 'a.txt', content: 'a file', contentType: 'text/plain' },
        { filename: 'p.png', content: 'a picture', cid: 'p', contentType: 'image/png' },
      ];
      const raw = await new MailComposer({ from: 'a@b.example', text, html, textEncoding, attachments })
        .compile()
        .build();
      expect(measureTexts(raw).map(({ kind }) => kind)).to.have.members(['text', 'html']);
      for (const { kind, bytes } of measureTexts(raw))
        expect(bytes).to.be.closeTo(Buffer.byteLength(kind === 'html' ? html : text), 900);
    }
    expect(measureTexts(Buffer.from('Subject: x\r\n\r\nHello'))).to.deep.equal([{ kind: 'text', bytes: 5 }]);
  });

  it('write lone line feeds as whole line ends, and leave the rest alone', () => {
    const whole = Buffer.from('a\r\nb\r\n');
    expect(withWholeLineEnds(whole)).to.equal(whole);
    expect(withWholeLineEnds(Buffer.from('\na\r\n\nb\n')).toString()).to.equal('\r\na\r\n\r\nb\r\n');
  });

  const messages: [what: string, sent: string, message: string][] = [
    ['a plain one', 'a\r\nb\r\n.\r\n', 'a\r\nb\r\n'],
    ['an empty one', '.\r\n', ''],
    ['one that starts with a dot', '..a\r\n.\r\n', '.a\r\n'],
    ['one with stuffed dots', 'a\r\n..\r\n...b\r\nc..d\r\n.\r\n', 'a\r\n.\r\n..b\r\nc..d\r\n'],
    ['bare line feeds around a dot, which end nothing', 'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n'],
  ];
  for (const [what, sent, message] of messages) {
    for (const size of [1, 2, 3, 5, 1000]) {
      it(`read ${what} in pieces of ${size}`, () => {
        const input = new Input();
        const bytes = Buffer.from(`${sent}QUIT\r\n`);
        let read: ReturnType<Input['message']> = null;
        for (let at = 0; at < bytes.length; at += size) {
          input.push(bytes.subarray(at, at + size));
          read ??= input.message(1000);
        }
        expect(read?.toString()).to.equal(message);
        expect(input.line()).to.equal('QUIT');
      });
    }
  }

  it('drop the content of a message past the limit, and find its end', () => {
    const input = new Input();
    for (let i = 0; i < 100; i += 1) {
      feed(input, 'x'.repeat(100));
      expect(input.message(1000)).to.equal(null);
      expect(input.length).to.be.at.most(1100);
    }
    feed(input, '\r\n.');
    expect(input.message(1000)).to.equal(null);
    feed(input, '\r\nNOOP\r\n');
    expect(input.message(1000)).to.equal(TOO_BIG);
    expect(input.line()).to.equal('NOOP');
    feed(input, 'ok\r\n.\r\n');
    expect(input.message(1000)?.toString()).to.equal('ok\r\n');
  });

  it('read paths and their parameters', () => {
    const read = (text: string): unknown => {
      const path = readPath('FROM', text);
      return path && [path.address, Object.fromEntries(path.parameters)];
    };
    expect(read('FROM:<a@b.example> SIZE=12 body=8BITMIME')).to.deep.equal([
      'a@b.example',
      { SIZE: '12', BODY: '8BITMIME' },
    ]);
    expect(read('from: a@b.example')).to.deep.equal(['a@b.example', {}]);
    expect(read('FROM:<>')).to.deep.equal(['', {}]);
    expect(read('FROM:<@relay.example:a@b.example>')).to.deep.equal(['a@b.example', {}]);
    expect(read('FROM:<"a b"@b.example>')).to.deep.equal(['"a b"@b.example', {}]);
    for (const wrong of [
      'TO:<a@b.example>',
      'FROM:<a>',
      'FROM:<a@b',
      'FROM:<a@b@c>',
      'FROM',
      'FROM:<a b@c>',
    ]) {
      expect(read(wrong), wrong).to.equal(null);
    }
  });

  it('compute the example of RFC 2831', () => {
    const given = readDirectives(
      'charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,' +
        'cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",qop=auth',
    );
    expect(digest(given, 'secret', 'client')).to.equal('d388dad90d4bbd760a152321f2143af7');
    expect(digest(given, 'secret', 'server')).to.equal('ea40f60335c427b5527b84dbabcdfffd');
  });
});
