import { expect } from 'chai';
import { type ContractSpec, compileContract } from '../../server/mail/templates/language/contract.ts';
import { generatedSamples } from '../../server/mail/templates/preview/generated-samples.ts';
import { templateContent } from '../support/template-content.ts';

const contract: ContractSpec = {
  name: { type: 'string', max: 20 },
  kind: { type: 'string', enum: ['a', 'b'] },
  note: { type: 'string', optional: true },
  rows: {
    type: 'array',
    items: { type: 'object', fields: { title: { type: 'string' }, tag: { type: 'string', optional: true } } },
  },
  pair: { type: 'array', min: 1, items: { type: 'string' } },
};
const sample = { name: 'Ada', kind: 'a', note: 'n', rows: [{ title: 't', tag: 'x' }], pair: ['p'] };

describe('the generated sample data', () => {
  const samples = () => {
    const content = templateContent({ contract, sample, locales: { nl: { subject: 's', html: 'h' } } });
    return Object.fromEntries(generatedSamples(content).map(one => [one.name, one]));
  };

  it('fit the contract', () => {
    const { check } = compileContract(contract);
    for (const { data } of Object.values(samples())) expect(() => check(data)).to.not.throw();
  });

  it('leave out what is optional, at every depth', () => {
    expect(samples()['No optional fields']?.data).to.deep.equal({
      name: 'Ada',
      kind: 'a',
      rows: [{ title: 't' }],
      pair: ['p'],
    });
  });

  it('empty the lists that may be empty', () => {
    expect(samples()['Empty lists']?.data).to.deep.include({ rows: [], pair: ['p'] });
  });

  it('stretch text as far as the contract lets it, and leave choices alone', () => {
    const data = samples()['Long text']?.data ?? {};
    expect(data.name).to.have.length.within(10, 20);
    expect(data.kind).to.equal('a');
    expect(data).to.have.nested.property('rows[0].title').with.length.above(200);
  });

  it('show the sample in a further language', () => {
    expect(samples()['Other language']).to.deep.equal({ name: 'Other language', locale: 'nl', data: sample });
  });

  it('are only those that differ from the sample', () => {
    const plain = generatedSamples(templateContent({ contract: {}, sample: {} }));
    expect(plain.map(({ name, locale }) => `${name} ${locale}`)).to.deep.equal(['Other language de-DE']);
  });
});
