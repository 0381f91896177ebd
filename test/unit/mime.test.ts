import { expect } from 'chai';
import PostalMime, { type Email } from 'postal-mime';
import { composeMime, quotedPrintable } from '../../server/mail/providers/smtp/mime.ts';
import type { Envelope } from '../../server/mail/providers/transport.ts';
import { anEnvelope } from '../support/envelope.ts';

const text = async (envelope: Envelope, control: Record<string, string> = {}): Promise<string> =>
  (await composeMime(envelope, control)).toString();
const parse = async (envelope: Envelope, control: Record<string, string> = {}): Promise<Email> =>
  PostalMime.parse(await text(envelope, control));
/** Line ends as the parser gives them, and none at the end. */
const plain = (body: string | undefined) => (body ?? '').replace(/\r\n|\r/g, '\n').replace(/\n+$/, '');
const headerOf = (email: Email, name: string) =>
  email.headers.filter(({ key }) => key === name).map(({ value }) => value);
const longest = (mime: string) => Math.max(...mime.split('\r\n').map(line => Buffer.byteLength(line)));

const file = {
  name: 'Rechnung für Ada.pdf',
  contentType: 'application/pdf',
  content: Buffer.from([0, 1, 2, 255]),
};

describe('MIME', () => {
  const bodies: [string, string][] = [
    ['ASCII', 'Hello Ada,\n\nthank you.\n-- \nShop'],
    ['accents and emoji', 'Grüße, 你好, 🎉🎊, naïve = 100 %'],
    ['equals signs and what looks encoded', 'a=b =3D =E4 =?utf-8?B?SGk=?= 50%'],
    ['a line of 5000 characters', 'x'.repeat(5000)],
    ['a long line of words', 'word '.repeat(400)],
    ['a long line of accents', 'é'.repeat(3000)],
    ['a long line of emoji', '👩‍👩‍👧'.repeat(300)],
    ['lines at the limit', ['y'.repeat(989), 'y'.repeat(990), 'y'.repeat(998), 'y'.repeat(999)].join('\n')],
    ['trailing spaces', 'one  \ntwo\t\nthree ü \nfour'],
    ['lines that start with dots', '.\n..\n.hidden\n. \nend'],
    ['dots and accents', '.\n.ü\n..'],
    ['a line that looks like a mailbox separator', 'From here on\nFrom ü'],
    ['empty lines around', '\n\n\nmiddle\n\nend'],
    ['what looks like a boundary', '--\n--=_x\n--=_x--\nContent-Type: text/plain\n\nx'],
    ['Windows line ends', 'one\r\ntwo ü\r\nthree'],
    ['lone carriage returns', 'one\rtwo\rthree'],
    ['lone carriage returns and accents', 'one\rtwo ü\r\r\nthree'],
    ['nothing', ''],
  ];

  for (const attachments of [[], [file]]) {
    describe(attachments.length > 0 ? 'with a file' : 'without files', () => {
      for (const [what, body] of bodies) {
        // nodemailer's composer keeps a lone CR as data; only our own road is held to line ends here.
        if (attachments.length > 0 && /\r(?!\n)/.test(body)) continue;
        it(`carries ${what}`, async () => {
          const html = `<p>${body}</p>`;
          const email = await parse(anEnvelope({ text: body, html, attachments }));
          expect(plain(email.text)).to.equal(plain(body));
          expect(plain(email.html)).to.equal(plain(html));
        });
      }
    });
  }

  it('has line ends of one kind only, and no line SMTP would refuse', async () => {
    for (const [what, body] of bodies) {
      const mime = await text(
        anEnvelope({ text: body, html: body, subject: body.slice(0, 2000).replace(/[\r\n\t]/g, ' ') }),
      );
      expect(mime.replaceAll('\r\n', ''), what).not.to.match(/[\r\n]/);
      expect(longest(mime), what).to.be.at.most(998);
    }
  });

  it('breaks quoted-printable at 76 characters, in ASCII, with no space at the end', () => {
    for (const [what, body] of bodies) {
      for (const line of quotedPrintable(`${body} ü`).split('\r\n')) {
        expect(line.length, what).to.be.at.most(76);
        expect(line, what).to.match(/^[\t\x20-\x7e]*$/);
        expect(line, what).not.to.match(/[ \t]$/);
      }
    }
  });

  it('encodes a line the same the first time and from memory', () => {
    const line = 'Grüße an alle, die das lesen.';
    expect(quotedPrintable(`${line}\n${line}`)).to.equal(
      `${quotedPrintable(line)}\r\n${quotedPrintable(line)}`,
    );
  });

  const subjects = [
    'Your order',
    '',
    'Grüße 🎉',
    '=?utf-8?B?SGk=?=',
    'two  spaces',
    ' led and trailed ',
    'word '.repeat(100).trim(),
    'x'.repeat(2000),
    'ü'.repeat(2000),
    '🎉'.repeat(500),
    'a, b; c: "d" <e> (f) \\g',
  ];
  for (const subject of subjects) {
    it(`carries the subject ${JSON.stringify(subject.slice(0, 30))} of ${subject.length}`, async () => {
      const mime = await text(anEnvelope({ subject }));
      const email = await PostalMime.parse(mime);
      expect(email.subject ?? '').to.equal(subject);
      expect(longest(mime)).to.be.at.most(998);
    });
  }

  const names = [
    'Ada',
    'Lovelace, Ada',
    'Ada "the first" L',
    'back\\slash',
    'Ada <eve@bad.example>',
    'Zoë 🎉',
    '你好'.repeat(60),
    'A'.repeat(200),
    'many words '.repeat(18).trim(),
    '=?utf-8?B?SGk=?=',
    'a; b: c @ d',
  ];
  for (const name of names) {
    it(`carries the name ${JSON.stringify(name.slice(0, 30))}`, async () => {
      const box = (email: string) => ({ email, name });
      const envelope = anEnvelope({
        from: box('shop@sender.example'),
        to: box('ada@mail.example'),
        cc: [box('b@mail.example'), { email: 'c@mail.example' }],
        bcc: [box('secret@mail.example')],
        replyTo: [box('help@sender.example')],
      });
      const mime = await text(envelope);
      const email = await PostalMime.parse(mime);
      expect(email.from).to.deep.include({ address: 'shop@sender.example', name });
      expect(email.to).to.deep.equal([{ address: 'ada@mail.example', name }]);
      expect(email.cc?.map(one => [one.address, one.name])).to.deep.equal([
        ['b@mail.example', name],
        ['c@mail.example', ''],
      ]);
      expect(email.replyTo).to.deep.equal([{ address: 'help@sender.example', name }]);
      expect(mime).not.to.contain('secret@mail.example');
    });
  }

  it('keeps the copies that nobody may see out of every header, with files too', async () => {
    const mime = await text(anEnvelope({ bcc: [{ email: 'secret@mail.example' }], attachments: [file] }));
    expect(mime).not.to.match(/secret@|^bcc:/im);
  });

  it('carries headers of the caller', async () => {
    const headers = {
      'X-Order': 'A-17',
      'X-Accent': 'Zoë 🎉',
      'X-Long': 'word '.repeat(300).trim(),
      'X-Unbroken': 'x'.repeat(3000),
      'In-Reply-To': '<1@mail.example>',
    };
    for (const attachments of [[], [file]]) {
      const mime = await text(anEnvelope({ headers, attachments }));
      const email = await PostalMime.parse(mime);
      expect(headerOf(email, 'x-order')).to.deep.equal(['A-17']);
      expect(headerOf(email, 'x-long')).to.deep.equal([headers['X-Long']]);
      expect(headerOf(email, 'in-reply-to')).to.deep.equal(['<1@mail.example>']);
    }
    const mime = await text(anEnvelope({ headers }));
    expect(longest(mime)).to.be.at.most(998);
    const encoded = headerOf(await PostalMime.parse(mime), 'x-accent')[0] ?? '';
    expect(await PostalMime.parse(`Subject: ${encoded}\r\n\r\n`)).to.include({ subject: 'Zoë 🎉' });
  });

  it('carries control headers in one piece and as they are', async () => {
    const control = {
      'X-PM-Message-Stream': 'broadcast',
      'X-PM-Tag': 'welcome mail',
      'X-PM-Metadata-order': 'v '.repeat(40).trim(),
    };
    for (const attachments of [[], [file]]) {
      const email = await parse(anEnvelope({ attachments }), control);
      for (const [name, value] of Object.entries(control)) {
        expect(headerOf(email, name.toLowerCase())).to.deep.equal([value]);
      }
    }
    const mime = await text(anEnvelope(), control);
    for (const [name, value] of Object.entries(control)) expect(mime).to.contain(`\r\n${name}: ${value}\r\n`);
  });

  it('folds a tag that would be too long a line', async () => {
    const tag = 'many words '.repeat(90).trim();
    const mime = await text(anEnvelope(), { 'X-PM-Tag': tag });
    expect(longest(mime)).to.be.at.most(998);
    expect(headerOf(await PostalMime.parse(mime), 'x-pm-tag')).to.deep.equal([tag]);
    expect(longest(await text(anEnvelope(), { 'X-PM-Tag': 'ü'.repeat(1000) }))).to.be.at.most(998);
  });

  it('has each of the headers that must be there once', async () => {
    for (const attachments of [[], [file]]) {
      const email = await parse(anEnvelope({ attachments }));
      for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type']) {
        expect(headerOf(email, name), name).to.have.length(1);
      }
      expect(Math.abs(Date.now() - Date.parse(email.date ?? ''))).to.be.below(60_000);
    }
  });

  it('can be traced to its attempt', async () => {
    const envelope = anEnvelope();
    for (const attachments of [[], [file]]) {
      const { messageId } = await parse({ ...envelope, attachments });
      expect(messageId).to.equal(`<${envelope.attemptId}@sender.example>`);
    }
  });

  it('carries attachments and inline images', async () => {
    const logo = {
      name: 'logo.png',
      contentType: 'image/png',
      content: Buffer.from('png'),
      contentId: 'logo@shop',
    };
    const html = '<p>Grüße <img src="cid:logo@shop"></p>';
    const email = await parse(anEnvelope({ html, attachments: [file, logo] }));
    expect(plain(email.html)).to.equal(html);
    expect(plain(email.text)).to.equal('Thank you.');
    const found = (name: string) => email.attachments.find(({ filename }) => filename === name);
    const bytes = (name: string) => Buffer.from(found(name)?.content as ArrayBuffer);
    expect(found(file.name)).to.include({ mimeType: 'application/pdf', disposition: 'attachment' });
    expect(bytes(file.name)).to.deep.equal(file.content);
    expect(found('logo.png')).to.include({ mimeType: 'image/png', contentId: '<logo@shop>' });
    expect(bytes('logo.png')).to.deep.equal(logo.content);
  });

  it('fetches no file and no address that content names', async () => {
    const sneaky = { name: '/etc/passwd', contentType: 'text/plain', content: Buffer.from('mine') };
    const email = await parse(anEnvelope({ html: '<img src="file:///etc/passwd">', attachments: [sneaky] }));
    expect(email.attachments).to.have.length(1);
    expect(Buffer.from(email.attachments[0]?.content as ArrayBuffer).toString()).to.equal('mine');
  });
});
