import { expect } from 'chai';
import { encodeForm } from '../../server/body/form-fields.ts';
import { outsideMount } from '../../server/host/mount.ts';

describe('a form that a host has parsed', () => {
  const sent = (pairs: [string, string][]) => new URLSearchParams(pairs).toString();
  const encode = (fields: object, text: string) => encodeForm(fields, Buffer.byteLength(text));

  it('is what was sent, nested or flat, in whichever way its lists were written', () => {
    const nested = sent([
      ['rows[r0][path]', 'a b'],
      ['rows[r0][was]', 'ü~*'],
      ['_csrf', 'x'],
    ]);
    expect(encode({ rows: { r0: { path: 'a b', was: 'ü~*' } }, _csrf: 'x' }, nested)).to.equal(nested);
    expect(encode({ 'rows[r0][path]': 'a b', 'rows[r0][was]': 'ü~*', _csrf: 'x' }, nested)).to.equal(nested);
    const twice = sent([
      ['stream', 'a'],
      ['stream', 'b'],
    ]);
    expect(encode({ stream: ['a', 'b'] }, twice)).to.equal(twice);
    const bracketed = sent([
      ['stream[]', 'a'],
      ['stream[]', 'b'],
    ]);
    expect(encode({ stream: ['a', 'b'] }, bracketed)).to.equal(bracketed);
    const numbered = sent([
      ['stream[0]', 'a'],
      ['stream[1]', 'b'],
    ]);
    expect(encode({ stream: ['a', 'b'] }, numbered)).to.equal(numbered);
  });

  it('is known by its size however it was encoded', () => {
    const fields = { 'a[b]': "it's (so) ~ * !" };
    const plain = sent(Object.entries(fields));
    for (const text of [
      plain,
      `${encodeURIComponent('a[b]')}=${encodeURIComponent(fields['a[b]'])}`,
      plain.replaceAll('+', '%20').replaceAll('%7E', '~'),
      plain.replace('a%5Bb%5D', 'a[b]'),
    ])
      expect(encode(fields, text), text).to.equal(plain);
  });

  it('is a list of many where a parser has made it an object', () => {
    const many = Array.from({ length: 30 }, (_, i) => `stream-${i}`);
    const text = sent(many.map((one): [string, string] => ['stream', one]));
    expect(encode({ stream: { ...many } }, text)).to.equal(text);
  });

  it('is refused when a field was dropped, cut, changed or made something else', () => {
    const text = sent([
      ['a', '<b>'],
      ['c', 'de'],
    ]);
    expect(encode({ a: '<b>', c: 'de' }, text)).to.equal(text);
    for (const fields of [
      {},
      { a: '<b>' },
      { a: '<b>', c: 'd' },
      { a: '&lt;b&gt;', c: 'de' },
      { a: '<b>', c: 'de', d: '' },
      { a: '<b>', c: 12 },
      { a: '<b>', c: null },
      { a: '<b>', c: [] },
    ])
      expect(encode(fields, text), JSON.stringify(fields)).to.equal(null);
  });

  it('is taken at its word where nobody knows its size', () => {
    expect(encodeForm({ a: { b: 'c' } }, null)).to.equal(sent([['a[b]', 'c']]));
    expect(encodeForm({ a: true }, null)).to.equal(null);
  });
});

describe('the path under which browsers see a router', () => {
  const cases: [
    baseUrl: string,
    publicUrl: string | undefined,
    prefix: string | undefined,
    outside: string,
  ][] = [
    ['', undefined, undefined, ''],
    ['/mail', undefined, undefined, '/mail'],
    ['/mail', 'https://a.example', undefined, '/mail'],
    ['/mail', 'https://a.example/', '/shop', '/mail'],
    ['/mail', 'https://a.example/mail', undefined, '/mail'],
    ['/mail', 'https://a.example/shop', undefined, '/shop/mail'],
    ['/mail', 'https://a.example/shop/mail/', undefined, '/shop/mail'],
    ['/shop/mail', 'https://a.example/shop', undefined, '/shop/mail'],
    ['', 'https://a.example/shop', undefined, '/shop'],
    ['/mail', undefined, '/shop', '/shop/mail'],
    ['/mail', undefined, '//evil.example', '/mail'],
    ['/mail', undefined, '/a;b', '/mail'],
  ];
  for (const [baseUrl, publicUrl, prefix, outside] of cases)
    it(`is ${outside || 'the root'} for ${baseUrl || '/'} at ${publicUrl} behind ${prefix ?? 'no prefix'}`, () => {
      const headers = prefix === undefined ? {} : { 'x-forwarded-prefix': prefix };
      expect(outsideMount({ headers, baseUrl }, publicUrl)).to.equal(outside);
    });
});
