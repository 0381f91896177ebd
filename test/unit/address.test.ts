import { expect } from 'chai';
import {
  addressKey,
  type MailboxInput,
  readMailbox,
  readMailboxes,
} from '../../server/mail/shared/address.ts';
import { refusalOf } from '../support/refusal.ts';

const read = (input: MailboxInput) => readMailbox(input, 'to');

describe('addresses', () => {
  const accepted: [MailboxInput, string, string?][] = [
    ['ada@mail.example', 'ada@mail.example'],
    ['<ada@mail.example>', 'ada@mail.example'],
    ['Ada <ada@mail.example>', 'ada@mail.example', 'Ada'],
    ['"Lovelace, Ada" <ada@mail.example>', 'ada@mail.example', 'Lovelace, Ada'],
    ['"Ada \\"A\\" L" <ada@mail.example>', 'ada@mail.example', 'Ada "A" L'],
    ['"ada@old.example" <ada@mail.example>', 'ada@mail.example', 'ada@old.example'],
    ['Zoë Müller 🎉 <zoe@mail.example>', 'zoe@mail.example', 'Zoë Müller 🎉'],
    ["O'Hara <o'hara+tag@mail.example>", "o'hara+tag@mail.example", "O'Hara"],
    [{ email: 'ada@mail.example', name: '  Ada, of "L"  ' }, 'ada@mail.example', 'Ada, of "L"'],
    [{ email: 'ada@mail.example', name: null }, 'ada@mail.example'],
    [{ email: 'ada@mail.example', name: '   ' }, 'ada@mail.example'],
    ['ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
    ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['Ada.L@MAIL.Example', 'Ada.L@mail.example'],
  ];
  for (const [input, email, name] of accepted) {
    it(`reads ${JSON.stringify(input)}`, () => {
      expect(read(input)).to.deep.equal(name === undefined ? { email } : { email, name });
    });
  }

  const refused: [string, string][] = [
    ['nothing', ''],
    ['no @', 'ada'],
    ['no local part', '@mail.example'],
    ['no domain', 'ada@'],
    ['a domain without a dot', 'ada@localhost'],
    ['an IP address', 'ada@192.0.2.1'],
    ['an IP literal', 'ada@[192.0.2.1]'],
    ['a number as top-level domain', 'ada@mail.123'],
    ['an empty label', 'ada@mail..example'],
    ['a label that starts with a dash', 'ada@-mail.example'],
    ['a label of 64 characters', `ada@${'a'.repeat(64)}.example`],
    ['two dots in the local part', 'ada..l@mail.example'],
    ['a dot first', '.ada@mail.example'],
    ['a quoted local part', '"a da"@mail.example'],
    ['a local part that is not ASCII', 'zoë@mail.example'],
    ['a space in the domain', 'ada@ma il.example'],
    ['an empty group', 'undisclosed-recipients:;'],
  ];
  for (const [what, text] of refused) {
    it(`refuses ${what}`, () => {
      const { code, field } = refusalOf(() => read(text));
      expect({ code, field }).to.deep.equal({ code: 'invalid-address', field: 'to' });
      expect(refusalOf(() => read({ email: text })).code).to.equal('invalid-address');
    });
  }

  it('refuses several addresses in one text, however they are parted', () => {
    for (const part of [', ', '; ', ' ', ' <b@mail.example> ']) {
      const text = `a@mail.example${part}c@mail.example`;
      expect(refusalOf(() => read(text)).code, text).to.equal('invalid-address');
    }
    expect(refusalOf(() => read('Ada <a@mail.example> <b@mail.example>')).code).to.equal('invalid-address');
  });

  it('refuses line breaks and control characters anywhere, and does not drop them', () => {
    for (const bad of ['\r\n', '\n', '\r', '\t', '\0', '\u2028']) {
      for (const input of [
        `ada@mail.example${bad}Bcc: eve@mail.example`,
        `Ada${bad}<ada@mail.example>`,
        { email: `ada@ma${bad}il.example` },
        { email: `ada@mail.example${bad}` },
        { email: `a${bad}da@mail.example` },
        { email: 'ada@mail.example', name: `A${bad}da` },
      ]) {
        expect(refusalOf(() => read(input)).code, JSON.stringify(input)).to.equal('invalid-address');
      }
    }
  });

  it('refuses a domain that a URL reader would cut or decode to another one', () => {
    for (const host of [
      'mail.example/x',
      'mail.example?x',
      'mail.example#x',
      'mail.example:25',
      'mail.example\\x',
      'm%61il.example',
      'eve@mail.example',
    ]) {
      expect(refusalOf(() => read({ email: `ada@${host}` })).code, host).to.equal('invalid-address');
    }
  });

  it('holds to 64 characters before the @ and 254 in all', () => {
    const domain = (length: number) => {
      const labels = 'abcdefghi.'.repeat(30).slice(0, length - '.example'.length);
      return `${labels.replace(/\.$/, 'x')}.example`;
    };
    expect(read(`${'a'.repeat(64)}@mail.example`).email).to.have.length(77);
    expect(refusalOf(() => read(`${'a'.repeat(65)}@mail.example`)).code).to.equal('invalid-address');
    expect(read(`${'a'.repeat(64)}@${domain(189)}`).email).to.have.length(254);
    expect(refusalOf(() => read(`${'a'.repeat(64)}@${domain(190)}`)).code).to.equal('invalid-address');
  });

  it('counts an international domain in the form that travels', () => {
    const label = 'ü'.repeat(50);
    expect(read(`ada@${label}.example`).email).to.match(/^ada@xn--/);
    expect(refusalOf(() => read(`ada@${'üö'.repeat(40)}.example`)).code).to.equal('invalid-address');
  });

  it('holds names to 200 characters', () => {
    expect(read({ email: 'ada@mail.example', name: 'x'.repeat(200) }).name).to.have.length(200);
    const { code, field } = refusalOf(() => read({ email: 'ada@mail.example', name: 'x'.repeat(201) }));
    expect({ code, field }).to.deep.equal({ code: 'invalid-address', field: 'to' });
  });

  it('names the place in a list', () => {
    expect(readMailboxes(undefined, 'cc')).to.deep.equal([]);
    expect(readMailboxes(null, 'cc')).to.deep.equal([]);
    expect(readMailboxes('a@mail.example', 'cc')).to.deep.equal([{ email: 'a@mail.example' }]);
    const list = ['a@mail.example', 'bad'];
    expect(refusalOf(() => readMailboxes(list, 'cc')).field).to.equal('cc[1]');
  });

  it('does not repeat the address in its message', () => {
    expect(refusalOf(() => read('ada.secret@nowhere')).message).not.to.contain('secret');
  });

  it('compares addresses without case', () => {
    expect(addressKey('Ada.L@Mail.Example')).to.equal('ada.l@mail.example');
  });
});
