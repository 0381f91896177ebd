import { expect } from 'chai';
import MailComposer from 'nodemailer/lib/mail-composer';
import { withWholeLineEnds } from '../sandbox/smtp/line-ends.ts';
import { measureTexts } from '../sandbox/smtp/text-parts.ts';

describe("the parts of the sandbox's SMTP", () => {
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
});
