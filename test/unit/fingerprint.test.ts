import { expect } from 'chai';
import { canonicalJson, differingFields, fingerprint } from '../../server/mail/shared/fingerprint.ts';

describe('fingerprints', () => {
  it('do not depend on the order of keys, at any depth', () => {
    const one = fingerprint({ a: 1, data: { x: { p: 1, q: [{ r: 1, s: 2 }] } } });
    const other = fingerprint({ data: { x: { q: [{ s: 2, r: 1 }], p: 1 } }, a: 1 });
    expect(differingFields(one, other)).to.deep.equal([]);
  });

  it('depend on the order of lists', () => {
    expect(differingFields(fingerprint({ to: ['a', 'b'] }), fingerprint({ to: ['b', 'a'] }))).to.deep.equal([
      'to',
    ]);
  });

  it('name each field that differs, those of data one by one, sorted', () => {
    const one = fingerprint({ to: 'a', tag: 'x', data: { total: 1, name: 'A', same: true } });
    const other = fingerprint({ to: 'b', data: { total: 2, name: 'B', same: true, more: null } });
    expect(differingFields(one, other)).to.deep.equal(['data.more', 'data.name', 'data.total', 'tag', 'to']);
  });

  it('tell values of different types apart', () => {
    const prints = [1, '1', true, null, [1], { 1: 1 }, ''].map(
      value => fingerprint({ data: { value } })['data.value'],
    );
    expect(new Set(prints).size).to.equal(prints.length);
  });

  it('take an undefined part for one that is not there, as the database does', () => {
    const plain = fingerprint({ to: 'a', data: { a: 1 } });
    expect(fingerprint({ to: 'a', tag: undefined, data: { a: 1, b: undefined } })).to.deep.equal(plain);
    expect(fingerprint({ to: 'a', data: { a: 1, b: () => 1 } })).to.deep.equal(plain);
    expect(fingerprint({ data: { a: { b: undefined } } })).to.deep.equal(fingerprint({ data: { a: {} } }));
    expect(fingerprint({ data: undefined })).to.deep.equal({});
  });

  it('take a moment for what it is in JSON', () => {
    const at = '2026-05-04T09:00:00.000Z';
    expect(fingerprint({ data: { at: new Date(at) } })).to.deep.equal(fingerprint({ data: { at } }));
  });

  it('keep nothing of what they were made from', () => {
    const text = JSON.stringify(fingerprint({ to: 'ada@mail.example', data: { name: 'Lovelace' } }));
    expect(text).not.to.match(/ada|lovelace/i);
  });

  it('survive being stored as JSON', () => {
    const print = fingerprint({ to: 'a', data: { b: [1, { c: 2 }] } });
    expect(differingFields(JSON.parse(JSON.stringify(print)), print)).to.deep.equal([]);
  });

  it('write canonical JSON', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: 1 }], a: 'x' })).to.equal('{"a":"x","b":[2,{"c":1,"d":1}]}');
  });
});
