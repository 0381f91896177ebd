import { expect } from 'chai';
import { differences } from '../../server/mail/templates/authoring/difference.ts';
import { compose } from '../../server/mail/templates/language/compose.ts';
import {
  type Source,
  sourceHash,
  sourceName,
  withLocale,
  withoutLocale,
} from '../../server/mail/templates/language/source.ts';
import { usesAmong } from '../../server/mail/templates/language/uses.ts';
import { refusalOf } from '../support/refusal.ts';

const template: Source<'template'> = {
  kind: 'template',
  key: 'welcome',
  content: {
    category: 'order',
    description: '',
    layout: 'plain',
    contract: {},
    sample: {},
    locales: { default: { subject: 'Hi', html: '{{> outer}}' } },
  },
};
const others: Source[] = [
  { kind: 'brand', key: 'default', content: { name: 'Alder' } },
  { kind: 'layout', key: 'plain', content: { html: '{{> content}}{{> foot}}', text: '{{> content}}' } },
  { kind: 'partial', key: 'outer', content: { html: '{{#if a}}{{> inner}}{{/if}}' } },
  { kind: 'partial', key: 'inner', content: { html: 'i', text: 'i' } },
  { kind: 'partial', key: 'foot', content: { html: '{{@brand.name}}' } },
  { kind: 'partial', key: 'alone', content: { html: 'a' } },
];
const library = (...sources: Source[]) => new Map(sources.map(source => [sourceName(source), source]));

describe('template sources', () => {
  it('are put together with what they reach, and nothing else', () => {
    const { content, issues } = compose(template, library(template, ...others));
    expect(issues).to.deep.equal([]);
    expect(content?.partials).to.deep.equal({
      html: { outer: '{{#if a}}{{> inner}}{{/if}}', inner: 'i', foot: '{{@brand.name}}' },
      text: {},
    });
    expect(content?.layout.html).to.equal('{{> content}}{{> foot}}');
  });

  it('are put together without a layout when they are whole documents', () => {
    const whole = { ...template, content: { ...template.content, layout: 'none' } };
    const { content } = compose(whole, library(...others));
    expect(content?.layout).to.deep.equal({ html: '{{> content}}', text: '{{> content}}' });
    expect(content?.partials.html).to.not.have.property('foot');
  });

  it('name what is missing, and go on where that is possible', () => {
    const [, , , ...without] = others;
    const noPartial = compose(template, library(...others.slice(0, 2), ...without.slice(1)));
    expect(noPartial.content).to.not.equal(null);
    expect(noPartial.issues).to.deep.equal([
      {
        ...{ part: 'html', locale: 'default', line: 1, column: 1, severity: 'error', rule: 'partial' },
        message: 'There is no partial outer.',
        about: 'outer',
      },
    ]);
    const noLayout = compose(template, library(...others.filter(({ kind }) => kind !== 'layout')));
    expect(noLayout.content).to.equal(null);
  });

  it('know who uses them, also by way of others', () => {
    const uses = usesAmong(library(template, ...others));
    const usedBy = (name: string) => uses.get(name)?.map(sourceName).sort() ?? [];
    expect(usedBy('partial:inner')).to.deep.equal(['partial:outer', 'template:welcome']);
    expect(usedBy('partial:foot')).to.deep.equal(['layout:plain', 'template:welcome']);
    expect(usedBy('brand:default')).to.deep.equal(['layout:plain', 'partial:foot', 'template:welcome']);
    expect(usedBy('partial:alone')).to.deep.equal([]);
  });

  it('are the same whatever their MJML compiled to', () => {
    const mjml = (html: string): Source => ({
      ...template,
      content: { ...template.content, locales: { default: { subject: 'Hi', html, mjml: '<mjml/>' } } },
    });
    expect(sourceHash(mjml('a'))).to.equal(sourceHash(mjml('b')));
    expect(sourceHash(mjml('a'))).to.not.equal(sourceHash(template));
  });

  it('gain and lose languages', () => {
    const dutch = withLocale(template, 'nl');
    expect(dutch.content.locales.nl).to.deep.equal(template.content.locales.default);
    expect(withoutLocale(dutch, 'nl')).to.deep.equal(template);
    expect(withLocale(template, 'NL-be').content.locales).to.have.property('nl-BE');
    const refused: [() => unknown, string][] = [
      [() => withLocale(dutch, 'nl'), 'locale'],
      [() => withLocale(dutch, 'NL'), 'locale'],
      [() => withLocale(dutch, 'nl-12'), 'locale'],
      [() => withLocale(dutch, 'Dutch!'), 'locale'],
      [() => withLocale(dutch, 'de', 'fr'), 'from'],
      [() => withoutLocale(dutch, 'default'), 'locale'],
      [() => withoutLocale(dutch, 'constructor'), 'locale'],
    ];
    for (const [work, field] of refused) expect(refusalOf(work).field).to.equal(field);
  });

  it('differ by lines with three around them, however large they are', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const changed = lines.with(9, 'other');
    const [diff] = differences(
      new Map([['html', lines.join('\n')]]),
      new Map([['html', changed.join('\n')]]),
    );
    expect(diff?.hunks).to.have.length(1);
    expect(diff?.hunks[0]?.lines.map(({ kind, oldLine, newLine }) => [kind, oldLine, newLine])).to.deep.equal(
      [
        ['same', 7, 7],
        ['same', 8, 8],
        ['same', 9, 9],
        ['removed', 10, null],
        ['added', null, 10],
        ['same', 11, 11],
        ['same', 12, 12],
        ['same', 13, 13],
      ],
    );
    const large = (word: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${word} ${index}`).join('\n');
    const [replaced] = differences(new Map([['html', large('a')]]), new Map([['html', large('b')]]));
    expect(replaced?.hunks[0]?.lines).to.have.length(40_000);
  });
});
