import { expect } from 'chai';
import type { ContractSpec } from '../../server/mail/templates/language/contract.ts';
import {
  type ContractRow,
  contractToRows,
  rowsToContract,
} from '../../server/mail/templates/language/contract-rows.ts';

const contract: ContractSpec = {
  name: { type: 'string', optional: true, max: 200 },
  order: {
    type: 'object',
    fields: {
      state: { type: 'string', enum: ['open', 'paid'] },
      lines: {
        type: 'array',
        min: 1,
        items: {
          type: 'object',
          fields: { price: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
        },
      },
    },
  },
};
const sample = {
  name: 'Ada',
  order: {
    state: 'open',
    lines: [
      { price: 900, tags: ['new'] },
      { price: 5, tags: [] },
    ],
  },
};

describe('a data contract as a table', () => {
  it('has a row for each field, with its sample', () => {
    expect(contractToRows(contract, sample)).to.deep.equal([
      { path: 'name', type: 'string', required: false, max: 200, sample: 'Ada' },
      { path: 'order', type: 'object', required: true },
      { path: 'order.state', type: 'string', required: true, enum: ['open', 'paid'], sample: 'open' },
      { path: 'order.lines', type: 'array', required: true, min: 1 },
      { path: 'order.lines[]', type: 'object', required: true },
      { path: 'order.lines[].price', type: 'integer', required: true, sample: 900 },
      { path: 'order.lines[].tags', type: 'array', required: true },
      { path: 'order.lines[].tags[]', type: 'string', required: true, sample: 'new' },
    ]);
  });

  it('leaves out of a draft’s what is no field, and what no field has', () => {
    const odd = {
      ...{ nothing: null, text: 'string', list: [], order: { type: 'array', items: null, enum: 'open' } },
      lines: {
        type: 'object',
        fields: { price: null, tags: { type: 'x', min: {}, max: '9', enum: [null, 'a', 1] } },
      },
      ...{ rest: { type: 'object', fields: 'none' }, more: { fields: [1, null] } },
    } as unknown as typeof contract;
    expect(contractToRows(odd, { order: [1], text: 'x' })).to.deep.equal([
      { path: 'order', type: 'array', required: true, sample: [1] },
      { path: 'lines', type: 'object', required: true },
      { path: 'lines.tags', type: 'string', required: true, enum: ['a', 1] },
      { path: 'rest', type: 'object', required: true },
      { path: 'more', type: 'string', required: true },
    ]);
  });

  it('is the same contract again', () => {
    expect(rowsToContract(contractToRows(contract, sample), sample)).to.deep.equal({ contract, sample });
  });

  it('writes changed samples where they belong, and drops those of fields that are gone', () => {
    const rows = contractToRows(contract, sample)
      .filter(({ path }) => path !== 'name')
      .map(row => (row.path === 'order.lines[].price' ? { ...row, sample: 1000 } : row));
    expect(rowsToContract(rows, sample)).to.have.deep.property('sample', {
      order: {
        state: 'open',
        lines: [
          { price: 1000, tags: ['new'] },
          { price: 5, tags: [] },
        ],
      },
    });
  });

  it('makes places for samples that have none yet', () => {
    const rows: ContractRow[] = [
      { path: 'order', type: 'object', required: true },
      { path: 'order.lines', type: 'array', required: true },
      { path: 'order.lines[]', type: 'object', required: true },
      { path: 'order.lines[].title', type: 'string', required: true, sample: 'Tea' },
    ];
    expect(rowsToContract(rows, {})).to.have.deep.property('sample', {
      order: { lines: [{ title: 'Tea' }] },
    });
  });

  const text = (path: string): ContractRow => ({ path, type: 'string', required: true });
  const broken: [what: string, rows: ContractRow[], path: string, problem: RegExp][] = [
    ['an empty name', [text('')], '', /empty name/],
    ['a name inside of nothing', [text('a.b')], 'a.b', /not in the table above/],
    ['a name inside of a text', [text('a'), text('a.b')], 'a.b', /not an object/],
    ['an item of a text', [text('a'), text('a[]')], 'a[]', /not a list/],
    ['a name that is there twice', [text('a'), text('a')], 'a', /twice/],
    ['a name with a space', [text('a b')], 'a b', /not allowed/],
    ['a name of every object', [text('constructor')], 'constructor', /not allowed/],
    ['a prototype', [text('__proto__')], '', /__proto__ is not allowed/],
    ['an unknown type', [{ ...text('a'), type: 'text' as 'string' }], 'a.type', /must be one of/],
  ];
  for (const [what, rows, path, problem] of broken) {
    it(`names ${what}`, () => {
      const result = rowsToContract(rows, {});
      expect(result).to.have.property('path', path);
      expect(result).to.have.property('problem').that.matches(problem);
      expect(({} as { type?: unknown }).type).to.equal(undefined);
    });
  }
});
