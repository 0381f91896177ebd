import { expect } from 'chai';
import { allowed } from '../support/regular-expressions/allowed.ts';
import { type Expression, expressionsIn } from '../support/regular-expressions/expressions.ts';
import { knownLinear, verdictOn } from '../support/regular-expressions/verdicts.ts';

describe('regular expressions', function () {
  this.timeout(180_000);
  const all = expressionsIn(['server', 'worker', 'db']);
  const nameOf = ({ file, text }: Expression) => `${file} ${text}`;

  it('are found by a parser', () => {
    expect(all.length).to.be.above(300);
  });

  it('take no longer than in proportion to their text, but for those with a reason', async () => {
    const known = new Set(knownLinear());
    const faults: string[] = [];
    for (const one of all) {
      if (known.has(one.text) || Object.hasOwn(allowed, nameOf(one))) continue;
      const verdict = one.pattern ? await verdictOn(one.pattern) : 'put together when the program runs';
      if (verdict !== 'linear') faults.push(`${one.file}:${one.line} ${one.text}: ${verdict}`);
    }
    expect(faults).to.deep.equal([]);
  });

  it('have no reason that is not needed', () => {
    const names = new Set(all.map(nameOf));
    expect(Object.keys(allowed).filter(name => !names.has(name))).to.deep.equal([]);
    const known = new Set(knownLinear());
    expect(all.filter(one => known.has(one.text) && Object.hasOwn(allowed, nameOf(one)))).to.deep.equal([]);
  });

  it('are judged by a tool that knows quadratic and exponential ones', async () => {
    expect(await verdictOn({ source: '[ \\t]+$', flags: 'gm' })).to.equal('2nd degree polynomial');
    expect(await verdictOn({ source: '^(a+)+$', flags: '' })).to.include('exponential');
    expect(await verdictOn({ source: '(?<![ \\t])[ \\t]+$', flags: 'gm' })).to.equal('linear');
  });
});
