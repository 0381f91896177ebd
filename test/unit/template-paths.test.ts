import { expect } from 'chai';
import { isError } from '../../server/mail/templates/issue.ts';
import type { ContractSpec } from '../../server/mail/templates/language/contract.ts';
import { compileTemplate } from '../../server/mail/templates/language/render.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';
import { checkPaths } from '../../server/mail/templates/language/walk.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const contract: ContractSpec = {
  name: { type: 'string', optional: true },
  order: {
    type: 'object',
    fields: {
      number: { type: 'string' },
      total: { type: 'integer' },
      items: {
        type: 'array',
        items: { type: 'object', fields: { title: { type: 'string' }, tags: { type: 'array' } } },
      },
    },
  },
  counts: { type: 'object', fields: { read: { type: 'integer' }, sent: { type: 'integer' } } },
  words: { type: 'array', items: { type: 'string' } },
};
const data = {
  name: 'Ada',
  order: { number: 'A-1', total: 900, items: [{ title: 'Mug', tags: ['blue'] }] },
  counts: { read: 1, sent: 2 },
  words: ['one'],
};

const errorsOf = (content: TemplateContent) =>
  checkPaths(content)
    .filter(isError)
    .map(({ part, locale, line, about, message }) => ({
      part: locale === null || locale === 'default' ? part : `${part}.${locale}`,
      ...{ line, path: about, message },
    }));
const faultsOf = (input: ContentInput) => errorsOf(templateContent({ contract, ...input }));
const pathsOf = (input: ContentInput) => faultsOf(input).map(({ path }) => path);

describe('the check of template paths', () => {
  describe('lets through, as rendering does,', () => {
    const sound: [what: string, text: string, rendered: string][] = [
      ['a field', '{{order.number}} {{this.name}} {{./name}}', 'A-1 Ada Ada'],
      ['the root', '{{#each order.items}}{{@root.order.number}}{{/each}}', 'A-1'],
      ['an item and what is around it', '{{#each order.items}}{{title}}{{../name}}{{/each}}', 'MugAda'],
      [
        'nested loops',
        '{{#each order.items}}{{#each tags}}{{this}}{{../title}}{{../../name}}{{/each}}{{/each}}',
        'blueMugAda',
      ],
      ['no step for #if', '{{#each order.items}}{{#if title}}{{../name}}{{/if}}{{/each}}', 'Ada'],
      ['no step for what one is in', '{{#with order}}{{#with this}}{{../name}}{{/with}}{{/with}}', 'Ada'],
      [
        'the variables of a loop',
        '{{#each words}}{{@index}} {{@key}} {{@first}} {{@last}}{{/each}}',
        '0 0 true true',
      ],
      ['an outer loop', '{{#each order.items}}{{#each tags}}{{@../index}}{{/each}}{{/each}}', '0'],
      ['a loop over an object', '{{#each counts}}{{@key}}={{this}};{{/each}}', 'read=1;sent=2;'],
      [
        'block parameters',
        '{{#each order.items as |item at|}}{{#with ../order as |o|}}{{item.title}}{{at}}{{o.number}}{{/with}}{{/each}}',
        'Mug0A-1',
      ],
      ['a block parameter named as a helper', '{{#each words as |number|}}{{number}}{{/each}}', 'one'],
      ['an index and a length', '{{order.items.[0].title}} {{words.length}}', 'Mug 1'],
      ['lookup', '{{lookup order "number"}} {{#each words}}{{lookup ../words @index}}{{/each}}', 'A-1 one'],
      ['helpers inside helpers', '{{#if (eq (number order.total) "900")}}{{name}}{{/if}}', 'Ada'],
      ['an else branch', '{{#unless name}}{{else}}{{name}}{{/unless}}', 'Ada'],
      [
        'the variables of rendering',
        '{{@brand.name}}|{{@locale}}|{{@language}}|{{@unsubscribe}}|{{@preheader}}',
        'Alder & Finch|en-GB|en|U|P',
      ],
      ['a partial in this context', '{{#each order.items}}{{> row}}{{/each}}', 'Mug 0 A-1'],
      [
        'a partial with another context',
        '{{> card order.items.[0]}} {{> card order title="Cup"}}',
        'Mug Cup',
      ],
      ['a partial with arguments', '{{> fact label="No" value=order.number}}', 'No: A-1 Ada'],
    ];
    const partials = {
      text: {
        row: '{{title}} {{@index}} {{@root.order.number}}',
        card: '{{title}}',
        fact: '{{label}}: {{value}} {{name}}',
      },
    };
    for (const [what, text, rendered] of sound) {
      it(what, () => {
        const content = templateContent({ contract, partials, text, preheader: 'P' });
        expect(checkPaths(content).filter(isError)).to.deep.equal([]);
        const context = { locale: 'en-GB', unsubscribe: 'U' };
        expect(compileTemplate(content).render(data, context).text).to.equal(`${rendered}\n`);
      });
    }
  });

  describe('names', () => {
    const unsound: [what: string, html: string, path: string][] = [
      ['a misspelt variable', '{{nmae}}', 'nmae'],
      ['a misspelt field', '{{order.nmber}}', 'order.nmber'],
      ['a condition', '{{#if order.discount}}x{{/if}}', 'order.discount'],
      ['a condition that is turned round', '{{^if order.discount}}x{{/if}}', 'order.discount'],
      ['an else-if', '{{#if name}}{{else if nmae}}{{/if}}', 'nmae'],
      ['a loop', '{{#each order.lines}}x{{/each}}', 'order.lines'],
      ['a loop over what is no list', '{{#each name}}x{{/each}}', 'name'],
      ['a field of an item', '{{#each order.items}}{{colour}}{{/each}}', 'colour'],
      [
        'a bare name in a loop that is meant for its outside',
        '{{#each order.items}}{{name}}{{/each}}',
        'name',
      ],
      ['a step too many', '{{#each order.items}}{{../../name}}{{/each}}', '../../name'],
      ['a step out of #if', '{{#if name}}{{../name}}{{/if}}', '../name'],
      ['a helper argument', '{{number order.sum}}', 'order.sum'],
      ['a nested helper argument', '{{#if (eq order.sum 1)}}{{/if}}', 'order.sum'],
      ['a hash argument of a helper', '{{number order.total digits=order.digits}}', 'order.digits'],
      ['an unknown helper', '{{shout name}}', 'shout'],
      ['an unknown helper as an argument', '{{#if (gt order.total 3)}}{{/if}}', 'gt'],
      ['a helper that would write to the console', '{{log name}}', 'log'],
      ['a helper without its argument', '{{money}}', 'money'],
      ['a block of no helper', '{{#order}}{{number}}{{/order}}', 'order'],
      ['a block of a helper that opens none', '{{#eq name "Ada"}}x{{/eq}}', 'eq'],
      ['two conditions in one', '{{#if name order}}x{{/if}}', 'if'],
      ['a block parameter after its block', '{{#each words as |word|}}{{word}}{{/each}}{{word}}', 'word'],
      [
        'an unknown field of a block parameter',
        '{{#each order.items as |item|}}{{item.x}}{{/each}}',
        'item.x',
      ],
      ['a missing part of the brand', '{{@brand.phone}}', '@brand.phone'],
      ['a variable of no loop', '{{@index}}', '@index'],
      ['an unknown @ variable in a condition', '{{#if @preview}}x{{/if}}', '@preview'],
      ['what every object inherits', '{{#if constructor}}x{{/if}}', 'constructor'],
      ['what every object inherits, deeper', '{{order.__proto__}}', 'order.__proto__'],
      ['what the frame inherits', '{{@constructor}}', '@constructor'],
      ['what lookup does not find', '{{lookup order "nmber"}}', 'lookup'],
      ['what lookup cannot promise', '{{lookup order name}}', 'lookup'],
      ['an unknown partial', '{{> footer}}', 'footer'],
      ['an inherited partial', '{{> toString}}', 'toString'],
      ['a partial chosen at run time', '{{> (lookup order "number")}}', '(lookup ...)'],
      ['the context of a partial', '{{> fact order.delivery label="a" value="b"}}', 'order.delivery'],
      ['an argument of a partial', '{{> fact label="No" value=order.nmber}}', 'order.nmber'],
      ['an inline partial', '{{#*inline "x"}}{{/inline}}', ''],
      ['a block given to a partial', '{{#> fact}}{{/fact}}', ''],
    ];
    const partials = { html: { fact: '{{label}}{{value}}' } };
    // A context the contract doesn't name stops the check of that partial, so each of these has one fault.
    for (const [what, html, path] of unsound) {
      it(what, () => {
        expect(
          pathsOf({ html: `line one\n${html}`, partials: html.includes('fact') ? partials : {} }),
        ).to.deep.equal([path]);
        expect(faultsOf({ html: `line one\n${html}`, partials })[0]).to.include({ part: 'html', line: 2 });
      });
    }
  });

  it('looks into every part, and says in which the fault is', () => {
    const { locales, ...rest } = templateContent({
      contract,
      subject: '{{a}}',
      preheader: 'x\n{{#if @preheader}}{{/if}}',
      html: '\n\n{{c}}',
      text: '{{d}}',
      layout: { html: '<p>\n{{> content}}</p>{{e}}', text: '{{f}}{{> content}}' },
    });
    const nl = { subject: '{{g}}', html: 'x' };
    const faults = errorsOf({ ...rest, locales: { ...locales, nl } });
    expect(faults.map(({ part, line, path }) => `${part}:${line} ${path}`)).to.deep.equal([
      'subject:1 a',
      'preheader:2 @preheader',
      'html:3 c',
      'layout.html:2 e',
      'layout.text:1 f',
      'text:1 d',
      'subject.nl:1 g',
    ]);
  });

  it('reads a part in the place where its layout puts it', () => {
    const layout = { html: '{{#with order}}{{> content}}{{/with}}' };
    expect(pathsOf({ layout, html: '{{number}}' })).to.deep.equal(['number']); // the helper wins over the field
    expect(pathsOf({ layout, html: '{{total}}{{../name}}' })).to.deep.equal([]);
    expect(pathsOf({ layout, html: '{{name}}' })).to.deep.equal(['name']);
  });

  it('wants a layout to take its part in, once', () => {
    expect(pathsOf({ layout: { html: '<p></p>' } })).to.deep.equal(['content']);
    expect(pathsOf({ layout: { html: '{{~> content}}' } })).to.deep.equal(['content', 'content']);
    expect(pathsOf({ layout: { html: '{{> content}}\n{{> content}}' } })).to.deep.equal(['content']);
  });

  it('checks a partial in each context it is called with, and names the partial', () => {
    const partials = { html: { fact: '{{label}}\n{{value}}' } };
    expect(faultsOf({ partials, html: '{{> fact label="a" value="b"}}{{> fact label="c"}}' })).to.deep.equal([
      {
        ...{ part: 'partial:fact.html', line: 2, path: 'value' },
        message: 'value is not in the data contract. Correct the name, or add it to the contract.',
      },
    ]);
  });

  it('knows that a partial sees neither what is around its caller nor its block parameters', () => {
    const partials = { html: { row: '{{../name}}{{item.title}}' } };
    const html = '{{#each order.items as |item|}}{{> row}}{{/each}}';
    expect(pathsOf({ partials, html })).to.deep.equal(['../name', 'item.title']);
  });

  it('stops at a partial that includes itself, directly or not', () => {
    const itself = faultsOf({ html: '{{> a}}', partials: { html: { a: '{{#if name}}{{> a}}{{/if}}' } } });
    expect(itself.map(({ part, message }) => `${part}: ${message.split('.')[0]}`)).to.deep.equal([
      'partial:a.html: The partial a includes itself',
    ]);
    const inTurn = { html: { a: '{{> b}}', b: '\n{{> a}}' } };
    const [fault] = faultsOf({ html: '{{> a}}', partials: inTurn });
    expect(fault).to.include({ part: 'partial:b.html', line: 2, path: 'a' });
  });

  it('names the line of what does not parse', () => {
    const [open] = faultsOf({ html: 'one\ntwo {{#if name}\nthree' });
    expect(open).to.include({ part: 'html', line: 2, path: '' });
    expect(open?.message).to.match(/^Does not parse after ".*\{\{#if name/);
    const [crossed] = faultsOf({ html: 'x\n{{#if name}}{{/each}}' });
    expect(crossed).to.include({ line: 2 });
    expect(crossed?.message).to.match(/^Does not parse: if doesn't match each\./);
    const [inPartial] = faultsOf({ html: '{{> a}}', partials: { html: { a: '{{' } } });
    expect(inPartial).to.include({ part: 'partial:a.html', line: 1 });
  });

  it('reports a fault once, however often it is met', () => {
    const layout = { html: '{{> content}}{{oops}}' };
    const locales = { nl: { subject: 's', html: 'x' }, de: { subject: 's', html: 'x' } };
    expect(
      pathsOf({ layout, locales, html: '{{> a}}{{> a}}', partials: { html: { a: '{{b}}' } } }),
    ).to.have.members(['b', 'oops']);
  });
});
