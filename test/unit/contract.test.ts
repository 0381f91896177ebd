import { expect } from 'chai';
import type { MailError } from '../../server/mail/error.ts';
import {
  type ContractSpec,
  compileContract,
  contractSchema,
  type FieldSpec,
} from '../../server/mail/templates/language/contract.ts';
import { refusalOf } from '../support/refusal.ts';

const checkField = (spec: FieldSpec, value: unknown): unknown =>
  compileContract({ it: spec }).check({ it: value }).it;

const refusal = (contract: ContractSpec, data: unknown): MailError =>
  refusalOf(() => compileContract(contract).check(data));

describe('a data contract', () => {
  describe('takes and refuses, by type:', () => {
    const types: [spec: FieldSpec, good: unknown[], bad: unknown[]][] = [
      [{ type: 'string' }, ['', 'x', '<b>', '{{x}}', '\0'], [1, true, [], {}, null]],
      [{ type: 'string', min: 2, max: 3 }, ['ab', 'abc'], ['a', 'abcd']],
      [{ type: 'string', enum: ['a', 'b'] }, ['a', 'b'], ['c', '', 'A', 1]],
      [{ type: 'number' }, [0, -1.5, 1e9], ['1', Number.NaN, Number.POSITIVE_INFINITY, null]],
      [{ type: 'integer', min: 0, max: 9 }, [0, 9], [1.5, -1, 10, '3']],
      [{ type: 'integer', enum: [1, 2] }, [1], [3, '1']],
      [{ type: 'boolean' }, [true, false], ['true', 0, null]],
      [
        { type: 'date' },
        ['2026-03-29', '2026-03-29T01:30:00Z', new Date(0)],
        ['tomorrow', 1774747800000, '2026-13-01', ''],
      ],
      [
        { type: 'url' },
        ['https://www.example.com/a?b=c', 'http://x.example'],
        ['javascript:alert(1)', 'data:text/html,x', '//x.example', 'x', ''],
      ],
      [
        { type: 'email' },
        ['ada@example.com', 'a+b@sub.example.museum'],
        ['ada', 'ada@', 'a@example.com\r\nBcc: b@example.com', ''],
      ],
      [
        { type: 'timezone' },
        ['UTC', 'Europe/Amsterdam', 'Asia/Calcutta', 'Asia/Kolkata'],
        ['Mars/Base', '+02:00', 'Europe/Amsterdam ', '', 2, null],
      ],
      [{ type: 'currency' }, ['EUR', 'JPY', 'KWD'], ['eur', 'EURO', 'QQQ', '€', '', 978, null]],
      [{ type: 'currency', enum: ['EUR', 'USD'] }, ['EUR'], ['GBP']],
      [
        { type: 'object', fields: { a: { type: 'string' } } },
        [{ a: 'x' }],
        [{}, [], 'x', { a: 1 }, { a: 'x', b: 'y' }],
      ],
      [
        { type: 'array', items: { type: 'integer' }, min: 1, max: 2 },
        [[1], [1, 2]],
        [[], [1, 2, 3], ['1'], {}, '1', [null]],
      ],
    ];
    for (const [spec, good, bad] of types) {
      it(JSON.stringify(spec), () => {
        for (const value of good)
          expect(checkField(spec, value)).to.deep.equal(JSON.parse(JSON.stringify(value)));
        for (const value of bad) {
          expect(refusal({ it: spec }, { it: value })).to.include({ code: 'invalid-data' }, String(value));
        }
      });
    }
  });

  it('converts nothing: a number in quotes stays refused, and text is not trimmed', () => {
    expect(checkField({ type: 'string' }, '  x ')).to.equal('  x ');
    expect(refusal({ n: { type: 'number' } }, { n: '4' }).field).to.equal('data.n');
  });

  describe('with optional fields', () => {
    const contract: ContractSpec = {
      name: { type: 'string', optional: true },
      order: {
        type: 'object',
        optional: true,
        fields: { note: { type: 'string', optional: true }, id: { type: 'integer' } },
      },
      lines: {
        type: 'array',
        items: { type: 'object', fields: { sku: { type: 'string', optional: true } } },
      },
    };

    it('gives null for each that is left out, at any depth', () => {
      expect(compileContract(contract).check({ lines: [{}] })).to.deep.equal({
        name: null,
        order: null,
        lines: [{ sku: null }],
      });
      expect(
        compileContract(contract).check({ order: { id: 1 }, name: undefined, lines: [{ sku: 'b' }] }),
      ).to.deep.equal({
        name: null,
        order: { note: null, id: 1 },
        lines: [{ sku: 'b' }],
      });
    });

    it('takes an empty list, unless it has a least length', () => {
      expect(compileContract(contract).check({ lines: [] }).lines).to.deep.equal([]);
    });

    it('takes null for them, and for no other', () => {
      expect(compileContract(contract).check({ name: null, order: null, lines: [{}] }).name).to.equal(null);
      expect(refusal(contract, { lines: null }).field).to.equal('data.lines');
    });

    it('completes data that was checked before', () => {
      expect(compileContract(contract).complete({ lines: [{ sku: 'a' }] })).to.deep.equal({
        name: null,
        order: null,
        lines: [{ sku: 'a' }],
      });
    });
  });

  describe('names the first fault', () => {
    const contract: ContractSpec = {
      order: {
        type: 'object',
        fields: {
          lines: {
            type: 'array',
            items: { type: 'object', fields: { parts: { type: 'array', items: { type: 'integer' } } } },
          },
        },
      },
    };
    const faults: [data: unknown, field: string, message: string][] = [
      [undefined, 'data.order', 'data.order is required'],
      [{}, 'data.order', 'data.order is required'],
      [{ order: { lines: [{ parts: [1] }] }, extra: 1 }, 'data.extra', 'data.extra is not allowed'],
      [{ order: { lines: [{ parts: [1] }], totl: 1 } }, 'data.order.totl', 'data.order.totl is not allowed'],
      [
        { order: { lines: [{ parts: [1] }, {}] } },
        'data.order.lines[1].parts',
        'data.order.lines[1].parts is required',
      ],
      [
        { order: { lines: [{ parts: [1, 'x'] }] } },
        'data.order.lines[0].parts[1]',
        'data.order.lines[0].parts[1] must be a number',
      ],
      [[], 'data', 'data must be of type object'],
      ['text', 'data', 'data must be of type object'],
    ];
    for (const [data, field, message] of faults) {
      it(`in ${JSON.stringify(data)}`, () => {
        expect(refusal(contract, data)).to.include({ code: 'invalid-data', field, message });
      });
    }

    it('without ever quoting the value', () => {
      const secret = 'a-private-value';
      const specs: FieldSpec[] = [
        { type: 'string', max: 3 },
        { type: 'string', enum: ['a'] },
        { type: 'number' },
        { type: 'boolean' },
        { type: 'date' },
        { type: 'url' },
        { type: 'email' },
        { type: 'timezone' },
        { type: 'currency' },
        { type: 'object', fields: {} },
        { type: 'array', items: { type: 'integer' } },
      ];
      for (const spec of specs) {
        for (const value of [secret, [secret], { a: secret }]) {
          expect(refusal({ it: spec }, { it: value }).message).not.to.contain(secret, spec.type);
        }
      }
    });
  });

  describe('is itself checked:', () => {
    const faultOf = (contract: unknown): string | undefined =>
      contractSchema.validate(contract).error?.message;

    it('fields have a type we know, and parts only where they mean something', () => {
      expect(
        faultOf({ a: { type: 'array', items: { type: 'object', fields: { b: { type: 'currency' } } } } }),
      ).to.equal(undefined);
      expect(faultOf({ a: { type: 'text' } })).to.contain('a.type');
      expect(faultOf({ a: {} })).to.contain('a.type');
      expect(faultOf({ a: { type: 'string', fields: {} } })).to.contain('a.fields');
      expect(faultOf({ a: { type: 'object', fields: { b: { type: 'x' } } } })).to.contain('a.fields.b.type');
    });

    it('names are such as a template can write', () => {
      for (const name of ['a-b', 'a.b', '1a', '', 'ä', '@a'])
        expect(faultOf({ [name]: { type: 'string' } })).to.be.a('string');
    });
  });
});
