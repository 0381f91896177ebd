import { expect } from 'chai';
import { postmarkLimits as limits } from '../../server/mail/providers/postmark/index.ts';
import * as rules from '../../server/mail/sending/limits.ts';
import { refusalOf } from '../support/refusal.ts';

const checkSize = rules.checkSize.bind(null, limits);
const isForbiddenAttachment = rules.isForbiddenAttachment.bind(null, limits);
const MB = 1024 * 1024;
const small = { subject: 'x', html: 'x', text: 'x' };

describe('limits', () => {
  const forbidden =
    'vbs exe bin bat chm com cpl crt hlp hta inf ins isp jse lnk mdb pcd pif reg scr sct shs vbe vba wsf wsh wsl msc msi msp mst';

  it('knows every extension of code 411', () => {
    for (const extension of forbidden.split(' ')) {
      expect(isForbiddenAttachment(`file.${extension}`), extension).to.equal(true);
    }
  });

  it('sees through case, endings that systems drop, and double extensions', () => {
    for (const name of ['A.EXE', 'a.Exe', 'a.exe.', 'a.exe...', 'a.exe ', 'a.exe . .', 'a.pdf.exe', '.exe']) {
      expect(isForbiddenAttachment(name), name).to.equal(true);
    }
  });

  it('lets others pass', () => {
    for (const name of ['a.pdf', 'exe', 'a.exe.pdf', 'a.executable', 'a.js', 'a', 'a.', '...', 'ex.e']) {
      expect(isForbiddenAttachment(name), name).to.equal(false);
    }
  });

  it('takes bodies of 5 MB each and not a byte more', () => {
    const full = 'x'.repeat(limits.bodyBytes);
    checkSize({ ...small, html: full }, []);
    checkSize({ ...small, text: full }, []);
    for (const part of ['html', 'text'] as const) {
      const { code, field } = refusalOf(() => checkSize({ ...small, [part]: `${full}x` }, []));
      expect({ code, field }).to.deep.equal({ code: 'too-large', field: part });
    }
  });

  it('counts bytes, not characters', () => {
    const { field } = refusalOf(() => checkSize({ ...small, html: 'ü'.repeat(2.5 * MB + 1) }, []));
    expect(field).to.equal('html');
  });

  it('counts attachments after base64', () => {
    // 7.5 MB become 10 MB; the two bodies take one byte each.
    const most = (7.5 * MB - 3) as number;
    checkSize(small, [most]);
    const { code, field } = refusalOf(() => checkSize(small, [7.5 * MB]));
    expect({ code, field }).to.deep.equal({ code: 'too-large', field: 'attachments' });
    expect(refusalOf(() => checkSize(small, [4 * MB, 4 * MB])).field).to.equal('attachments');
  });

  it('holds the rendered subject to 2000 characters', () => {
    checkSize({ ...small, subject: 'x'.repeat(2000) }, []);
    const { code, field } = refusalOf(() => checkSize({ ...small, subject: 'x'.repeat(2001) }, []));
    expect({ code, field }).to.deep.equal({ code: 'too-large', field: 'subject' });
  });
});
