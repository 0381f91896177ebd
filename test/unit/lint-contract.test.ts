import { expect } from 'chai';
import type { ContractSpec } from '../../server/mail/templates/language/contract.ts';
import { faultsOf, inShort } from '../support/inspection.ts';
import type { ContentInput } from '../support/template-content.ts';

const contract: ContractSpec = {
  name: { type: 'string' },
  total: { type: 'integer' },
  currency: { type: 'currency' },
  at: { type: 'date' },
  link: { type: 'url' },
  note: { type: 'string', optional: true },
  gift: {
    type: 'object',
    optional: true,
    fields: { card: { type: 'string' }, paid: { type: 'integer' } },
  },
  rows: {
    type: 'array',
    items: {
      type: 'object',
      fields: { title: { type: 'string' }, hint: { type: 'string', optional: true } },
    },
  },
  free: { type: 'array' },
};
const sample = {
  name: 'Ada',
  total: 100,
  currency: 'EUR',
  at: '2026-01-02T00:00:00Z',
  link: 'https://a.example/',
  note: 'n',
  gift: { card: 'c', paid: 1 },
  rows: [{ title: 't', hint: 'h' }],
  free: ['x'],
};
// Everything required is used once, so that what is left to find is the fault of the test.
const uses =
  '{{name}}{{number total}}{{currency}}{{date at}}{{link}}{{#if gift}}{{gift.card}}{{gift.paid}}{{/if}}{{#each rows}}{{title}}{{/each}}{{#each free}}{{this}}{{/each}}';

const found = (input: ContentInput) => faultsOf({ contract, sample, text: uses, ...input });

describe('the check against the contract', () => {
  it('has nothing to say about what fits', () => {
    expect(found({})).to.deep.equal([]);
  });

  const wrong: [html: string, fault: string, message: RegExp][] = [
    ['{{nmae}}', 'error path html:1:3', /^nmae is not in the data contract\. Correct the name/],
    ['\n  {{#if name}}', 'error parse html:2:1', /^Does not parse/],
    ['{{shout name}}', 'error helper html:1:1', /not a helper/],
    ['{{> none}}', 'error partial html:1:1', /no partial none/],
    [
      '{{money name currency}}',
      'error type html:1:1',
      /amount given to money must be integer or number; name is string/,
    ],
    ['{{money total}}', 'error type html:1:1', /needs its currency/],
    ['{{money total at}}', 'error type html:1:1', /currency given to money/],
    ['{{money "12" "EUR"}}', 'error type html:1:1', /amount/],
    ['{{date name}}', 'error type html:1:1', /must be date; name is string/],
    ['{{datetime at total}}', 'error type html:1:1', /time zone/],
    ['{{number at}}', 'error type html:1:1', /number/],
    ['{{#each rows}}{{number title}}{{/each}}', 'error type html:1:15', /title is string/],
    ['{{{name}}}', 'error markup html:1:1', /unescaped\. Use two braces/],
    ['{{&name}}', 'error markup html:1:1', /unescaped/],
    ['{{{link}}}', 'error markup html:1:1', /unescaped/],
    ['{{{@preheader}}}', 'error markup html:1:1', /unescaped/],
    ['{{{@root.name}}}', 'error markup html:1:1', /unescaped/],
    ['{{#each free}}{{{this}}}{{/each}}', 'error markup html:1:15', /unescaped/],
    ['{{{lookup rows.[0] "title"}}}', 'error markup html:1:1', /unescaped/],
    ['{{note}}', 'warning optional html:1:3', /note may be left out, and then nothing is printed/],
    [
      '{{gift.card}}',
      'error optional html:1:3',
      /gift may be left out, and then gift\.card cannot be rendered/,
    ],
    ['{{number gift.paid}}', 'error optional html:1:10', /gift may be left out/],
    ['{{#if gift.card}}x{{/if}}', 'error optional html:1:7', /gift may be left out/],
    ['{{#if name}}{{gift.card}}{{/if}}', 'error optional html:1:15', /gift/],
    ['{{#each rows}}{{hint}}{{/each}}', 'warning optional html:1:17', /hint/],
  ];
  for (const [html, fault, message] of wrong) {
    it(`finds ${html.trim()}`, () => {
      const faults = found({ html });
      expect(faults.map(inShort)).to.deep.equal([fault]);
      expect(faults[0]?.message).to.match(message);
    });
  }

  const right = [
    '{{money total currency}} {{money 100 "EUR"}} {{date at "Europe/Amsterdam"}} {{date "2026-01-01"}}',
    '{{{@brand.name}}} {{{total}}} {{{money total currency}}}',
    '{{#if note}}{{note}}{{/if}} {{#unless note}}{{else}}{{note}}{{/unless}}',
    '{{#unless (eq note null)}}{{note}}{{/unless}}',
    '{{#if gift}}{{gift.card}}{{/if}} {{#with gift}}{{card}}{{/with}}',
    '{{#each rows}}{{#if hint}}{{hint}}{{/if}}{{/each}}',
    '{{#if (eq note "n")}}x{{/if}}',
  ];
  for (const html of right) it(`lets ${html} through`, () => expect(found({ html })).to.deep.equal([]));

  it('follows a field into a partial and knows it there', () => {
    const partials = {
      html: { fact: '{{#if value}}{{value}}{{/if}}', bold: '{{{label}}}', plain: '{{value}}' },
    };
    expect(found({ partials, html: '{{> fact value=note}}{{> bold label="<b>x</b>"}}' })).to.deep.equal([]);
    expect(found({ partials, html: '{{> bold label=name}}' }).map(inShort)).to.deep.equal([
      'error markup partial:bold.html:1:1',
    ]);
    expect(found({ partials, html: '{{> plain value=note}}' }).map(inShort)).to.deep.equal([
      'warning optional partial:plain.html:1:3',
    ]);
  });

  it('lets markup be in the text, which has none', () => {
    expect(found({ text: `${uses}{{{name}}}` })).to.deep.equal([]);
  });

  it('names required fields that no part uses', () => {
    const faults = faultsOf({
      contract,
      sample,
      text: '{{#each rows}}{{#if hint}}{{hint}}{{/if}}{{/each}}{{#with gift}}{{card}}{{/with}}',
    });
    expect(new Set(faults.map(inShort))).to.deep.equal(new Set(['warning unused contract:1:1']));
    expect(faults.map(({ message }) => message.split(' ')[0])).to.deep.equal([
      'name',
      'total',
      'currency',
      'at',
      'link',
      'gift.paid',
      'rows[].title',
      'free',
    ]);
  });

  it('finds a partial that includes itself', () => {
    const faults = found({ html: '{{> a}}', partials: { html: { a: '{{#if name}}{{> a}}{{/if}}' } } });
    expect(faults.map(inShort)).to.deep.equal(['error partial partial:a.html:1:13']);
  });

  it('finds a sample that does not fit, and a contract that is none', () => {
    expect(found({ sample: { ...sample, total: 'many' } }).map(inShort)).to.deep.equal([
      'error sample sample:1:1',
    ]);
    const [broken] = faultsOf({ contract: { a: { type: 'text' } } as unknown as ContractSpec });
    expect(broken).to.include({ part: 'contract', severity: 'error', rule: 'contract' });
  });

  it('says it of a sample that cannot be rendered', () => {
    const faults = faultsOf({
      contract: { zone: { type: 'string' } },
      sample: { zone: 'No/Where' },
      text: '{{date "2026-01-01" zone}}',
    });
    expect(faults.map(inShort)).to.deep.equal(['error render template:1:1']);
  });

  it('answers a part that is too large without a look inside', () => {
    const faults = found({ html: `<p>${'x'.repeat(5 * 1024 * 1024)}</p>` });
    expect(faults.map(inShort)).to.deep.equal(['error size html:1:1']);
  });
});
