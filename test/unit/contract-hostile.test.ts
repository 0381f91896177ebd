import { expect } from 'chai';
import type { MailError } from '../../server/mail/error.ts';
import { type ContractSpec, compileContract } from '../../server/mail/templates/language/contract.ts';
import { refusalOf } from '../support/refusal.ts';

const refusal = (contract: ContractSpec, data: unknown): MailError =>
  refusalOf(() => compileContract(contract).check(data));

describe('a data contract lets nothing in but plain JSON:', () => {
  it('functions and undefined are gone, before the check', () => {
    const contract: ContractSpec = { a: { type: 'string', optional: true } };
    expect(compileContract(contract).check({ a: () => 'x', b: () => 'y', c: undefined })).to.deep.equal({
      a: null,
    });
  });

  it('a getter is read once, and what it gave is what is rendered', () => {
    let reads = 0;
    const data = {
      get a() {
        reads++;
        return `read ${reads}`;
      },
    };
    const checked = compileContract({ a: { type: 'string' } }).check(data);
    expect(Object.getOwnPropertyDescriptor(checked, 'a')).to.include({ value: 'read 1' });
    expect(reads).to.equal(1);
  });

  it('a class instance is its own fields, a prototype is not inherited', () => {
    class Order {
      id = 1;
      secret() {
        return 'x';
      }
    }
    const contract: ContractSpec = { order: { type: 'object', fields: { id: { type: 'integer' } } } };
    const { order } = compileContract(contract).check({ order: new Order() });
    expect(Object.getPrototypeOf(order)).to.equal(Object.prototype);
    const inherited = Object.create({ order: { id: 1 } });
    expect(refusal(contract, inherited).field).to.equal('data.order');
  });

  it('a __proto__ of its own changes no prototype', () => {
    const hostile = JSON.parse('{"a":"x","__proto__":{"polluted":true}}');
    const checked = compileContract({ a: { type: 'string' } }).check(hostile);
    expect(checked).to.deep.equal({ a: 'x' });
    expect(Object.getPrototypeOf(checked)).to.equal(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).to.equal(undefined);
  });

  it('a field named as something inherited is unknown', () => {
    expect(refusal({ a: { type: 'string' } }, { a: 'x', constructor: 'y' }).field).to.equal(
      'data.constructor',
    );
  });

  it('what JSON cannot hold is refused', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const throwing = {
      toJSON() {
        throw new Error('a-private-value');
      },
    };
    for (const data of [circle, { a: 1n }, () => 1, throwing]) {
      expect(refusal({}, data)).to.include({
        code: 'invalid-data',
        message: 'data cannot be written as JSON.',
      });
    }
  });
});
