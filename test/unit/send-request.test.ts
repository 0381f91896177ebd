import { expect } from 'chai';
import { postmarkLimits } from '../../server/mail/providers/postmark/index.ts';
import { attemptKey } from '../../server/mail/providers/transport.ts';
import type { SendInput } from '../../server/mail/sending/input.ts';
import { checkSendRequest } from '../../server/mail/sending/request.ts';
import { refusalOf } from '../support/refusal.ts';

const base = { template: 'receipt', to: 'ada@mail.example' };
const check = (over: object) => checkSendRequest({ ...base, ...over } as SendInput, postmarkLimits);
const refusal = (over: object) => {
  const { code, field } = refusalOf(() => check(over));
  return `${code} at ${field}`;
};
const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@mail.example`);

describe('the door of send', () => {
  it('fills in what was left out', () => {
    expect(check({})).to.deep.include({
      to: [{ email: 'ada@mail.example' }],
      cc: [],
      bcc: [],
      replyTo: [],
      idempotencyKey: null,
      metadata: {},
      tag: null,
      headers: {},
      attachments: [],
      locale: null,
      sendAt: null,
      expiresAt: null,
      stream: null,
    });
  });

  it('takes recipients as text, object or list', () => {
    const { to, cc, replyTo } = check({
      to: ['Ada <ada@mail.example>', { email: 'b@mail.example', name: 'B' }],
      cc: { email: 'c@mail.example' },
      replyTo: 'help@sender.example',
    });
    expect(to).to.deep.equal([
      { email: 'ada@mail.example', name: 'Ada' },
      { email: 'b@mail.example', name: 'B' },
    ]);
    expect(cc).to.deep.equal([{ email: 'c@mail.example' }]);
    expect(replyTo).to.deep.equal([{ email: 'help@sender.example' }]);
  });

  const refused: [string, object | undefined, string][] = [
    ['no template', { template: undefined }, 'invalid-input at template'],
    ['a template that is a path', { template: '../secret' }, 'invalid-input at template'],
    ['an unknown field', { tempalte: 'x' }, 'invalid-input at tempalte'],
    ['nobody', { to: [] }, 'invalid-address at to'],
    ['an empty recipient', { to: '' }, 'invalid-input at to'],
    ['a number as recipient', { to: 5 }, 'invalid-input at to'],
    ['a recipient without email', { to: { name: 'Ada' } }, 'invalid-input at to.email'],
    ['a misspelt part', { to: { email: 'a@mail.example', nmae: 'A' } }, 'invalid-input at to.nmae'],
    ['a wrong type in a list', { cc: ['a@mail.example', 5] }, 'invalid-input at cc[1]'],
    ['a wrong part in a list', { cc: ['a@mail.example', { email: 5 }] }, 'invalid-input at cc[1].email'],
    ['a bad address in a list', { cc: ['a@mail.example', 'bad'] }, 'invalid-address at cc[1]'],
    ['a bad bcc', { bcc: 'bad' }, 'invalid-address at bcc'],
    ['a bad reply-to', { replyTo: ['bad'] }, 'invalid-address at replyTo[0]'],
    ['an injected bcc', { cc: 'a@mail.example\r\nBcc: eve@mail.example' }, 'invalid-address at cc'],
    ['an empty key', { idempotencyKey: '' }, 'invalid-input at idempotencyKey'],
    ['a key of 256 characters', { idempotencyKey: 'x'.repeat(256) }, 'invalid-input at idempotencyKey'],
    ['a tag with a line break', { tag: 'a\nb' }, 'invalid-input at tag'],
    ['a tag of 1001 characters', { tag: 'x'.repeat(1001) }, 'invalid-input at tag'],
    ['a stream that cannot be one', { stream: 'Not A Stream' }, 'invalid-input at stream'],
    ['a stream of 31 characters', { stream: 'x'.repeat(31) }, 'invalid-input at stream'],
    ['a locale that is none', { locale: 'english please' }, 'invalid-input at locale'],
    ['a moment that is none', { sendAt: 'tomorrow' }, 'invalid-input at sendAt'],
    ['a moment of no zone', { sendAt: '2026-05-04T09:00:00' }, 'invalid-input at sendAt'],
    ['a day instead of a moment', { expiresAt: '2026-05-04' }, 'invalid-input at expiresAt'],
    ['an invalid date', { expiresAt: new Date(Number.NaN) }, 'invalid-input at expiresAt'],
  ];
  for (const [what, over, expected] of refused) {
    it(`refuses ${what}`, () => expect(refusal(over ?? {})).to.equal(expected));
  }

  it('refuses what is no message at all', () => {
    for (const input of [undefined, null, 'x', []]) {
      expect(refusalOf(() => checkSendRequest(input as unknown as SendInput, postmarkLimits)).code).to.equal(
        'invalid-input',
      );
    }
  });

  it('does not repeat in its message what it was given', () => {
    for (const over of [{ stream: 'Secret 1' }, { locale: 'Secret 1' }, { template: 'Secret 1' }]) {
      expect(refusalOf(() => check(over)).message).not.to.contain('Secret');
    }
  });

  describe('recipients', () => {
    it('may be 50, over all three fields', () => {
      check({ to: people(50) });
      check({ to: people(20), cc: people(20), bcc: people(10) });
      expect(refusal({ to: people(51) })).to.equal('too-many-recipients at to');
      expect(refusal({ to: people(1), cc: people(25), bcc: people(25) })).to.equal(
        'too-many-recipients at to',
      );
    });
  });

  describe('metadata', () => {
    const fields = (count: number) => Object.fromEntries(people(count).map((_, i) => [`k${i}`, 'v']));

    it('may have 9 fields: the tenth is ours', () => {
      check({ metadata: fields(9) });
      expect(refusal({ metadata: fields(10) })).to.equal('invalid-input at metadata');
    });

    it('has keys of 20 characters and values of 80', () => {
      check({ metadata: { [`k${'x'.repeat(19)}`]: 'v'.repeat(80), empty: '' } });
      const long = 'x'.repeat(21);
      expect(refusal({ metadata: { [long]: 'v' } })).to.equal(`invalid-input at metadata.${long}`);
      expect(refusal({ metadata: { k: 'v'.repeat(81) } })).to.equal('invalid-input at metadata.k');
    });

    it('has keys that fit into the name of a header', () => {
      for (const key of ['a b', 'a:b', 'ü', 'a.b', 'a\r\nb']) {
        expect(refusalOf(() => check({ metadata: { [key]: 'v' } })).code, key).to.equal('invalid-input');
      }
    });

    it('has values that are text in one line', () => {
      expect(refusal({ metadata: { k: 5 } })).to.equal('invalid-input at metadata.k');
      expect(refusal({ metadata: { k: 'a\r\nBcc: eve@mail.example' } })).to.equal(
        'invalid-input at metadata.k',
      );
    });

    it('has no two keys that differ in case only, and none that is ours', () => {
      expect(refusal({ metadata: { order: '1', Order: '2' } })).to.equal('invalid-input at metadata.Order');
      expect(refusal({ metadata: { [attemptKey]: 'x' } })).to.equal(
        `invalid-input at metadata.${attemptKey}`,
      );
      expect(refusal({ metadata: { 'Postlane-Attempt': 'x' } })).to.equal(
        'invalid-input at metadata.Postlane-Attempt',
      );
    });
  });

  describe('headers', () => {
    it('takes those of the caller', () => {
      const headers = { 'In-Reply-To': '<1@mail.example>', 'X-Order': 'A-17 ü' };
      expect(check({ headers }).headers).to.deep.equal(headers);
    });

    it('refuses line breaks in values', () => {
      for (const value of ['a\r\nBcc: eve@mail.example', 'a\nb', 'a\rb', 'a\0b']) {
        expect(refusal({ headers: { 'X-A': value } })).to.equal('invalid-input at headers.X-A');
      }
    });

    it('refuses names that are not one', () => {
      for (const name of ['X A', 'X:A', 'X-Ä', 'X-A\r\nBcc', '', 'x'.repeat(77)]) {
        expect(refusalOf(() => check({ headers: { [name]: 'v' } })).code, name).to.equal('invalid-input');
      }
    });

    const reserved =
      'From to CC bcc Reply-To Subject Sender Return-Path Message-ID Date MIME-Version Content-Type ' +
      'content-transfer-encoding X-PM-Message-Stream x-pm-metadata-x List-Unsubscribe List-Unsubscribe-Post';
    for (const name of reserved.split(' ')) {
      it(`refuses ${name}, which is ours`, () => {
        expect(refusal({ headers: { [name]: 'v' } })).to.equal(`invalid-input at headers.${name}`);
      });
    }
  });

  describe('attachments', () => {
    const content = Buffer.from('hello');
    const files = (over: object) => ({ attachments: [{ name: 'a.txt', content, ...over }] });

    it('takes bytes and base64', () => {
      const { attachments } = check({
        attachments: [
          { name: 'a.txt', content, contentType: 'text/plain; charset=utf-8', contentId: 'a@1' },
          { name: 'b.txt', content: new Uint8Array(content) },
          { name: 'c.txt', content: content.toString('base64') },
          { name: 'd.txt', content: Buffer.alloc(0) },
        ],
      });
      expect(attachments.map(file => file.content.toString())).to.deep.equal(['hello', 'hello', 'hello', '']);
      expect(attachments[0]).to.include({ contentType: 'text/plain; charset=utf-8', contentId: 'a@1' });
      expect(attachments[1]).to.include({ contentType: 'application/octet-stream', contentId: null });
    });

    it('takes ten megabytes of base64', () => {
      const { attachments } = check(files({ content: 'QUJD'.repeat(2_500_000) }));
      expect(attachments[0]?.content).to.have.length(7_500_000);
    });

    const refusedFiles: [string, object, string][] = [
      ['a forbidden type', { name: 'Setup.EXE' }, 'forbidden-attachment at attachments[0].name'],
      ['a forbidden type behind a dot', { name: 'a.exe.' }, 'forbidden-attachment at attachments[0].name'],
      ['no name', { name: undefined }, 'invalid-input at attachments[0].name'],
      ['a name with a line break', { name: 'a\r\nb.txt' }, 'invalid-input at attachments[0].name'],
      ['no content', { content: undefined }, 'invalid-input at attachments[0].content'],
      ['base64 with a line break', { content: 'QUI\nDQUI=' }, 'invalid-input at attachments[0].content'],
      ['base64 cut short', { content: 'QUJDQU' }, 'invalid-input at attachments[0].content'],
      ['text that is not base64', { content: 'hello!' }, 'invalid-input at attachments[0].content'],
      [
        'an injected type',
        { contentType: 'text/plain\r\nX: y' },
        'invalid-input at attachments[0].contentType',
      ],
      ['a type that is none', { contentType: 'text' }, 'invalid-input at attachments[0].contentType'],
      ['an id that breaks its header', { contentId: 'a"b> c' }, 'invalid-input at attachments[0].contentId'],
    ];
    for (const [what, over, expected] of refusedFiles) {
      it(`refuses ${what}`, () => expect(refusal(files(over))).to.equal(expected));
    }
  });

  it('reads moments', () => {
    const { sendAt, expiresAt } = check({
      sendAt: '2026-05-04T09:00:00+02:00',
      expiresAt: new Date('2026-05-05T00:00:00Z'),
    });
    expect(sendAt?.toISOString()).to.equal('2026-05-04T07:00:00.000Z');
    expect(expiresAt?.toISOString()).to.equal('2026-05-05T00:00:00.000Z');
  });
});
