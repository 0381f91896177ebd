import { expect } from 'chai';
import { compose } from '../../server/mail/templates/language/compose.ts';
import { readHere } from '../../server/mail/templates/language/inclusions.ts';
import {
  type Source,
  sourceHash,
  sourceName,
  withLocale,
  withoutLocale,
} from '../../server/mail/templates/language/source.ts';
import { usesAmong } from '../../server/mail/templates/language/uses.ts';
import { diffBounds, differences } from '../../server/mail/templates/preview/tasks/differences.ts';
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
const library = (...sources: Source[]) =>
  new Map(sources.map(source => [sourceName(source), readHere(source)]));

describe('template sources', () => {
  it('are put together with what they reach, and nothing else', () => {
    const { content, issues } = compose(readHere(template), library(template, ...others));
    expect(issues).to.deep.equal([]);
    expect(content?.partials).to.deep.equal({
      html: { outer: '{{#if a}}{{> inner}}{{/if}}', inner: 'i', foot: '{{@brand.name}}' },
      text: {},
    });
    expect(content?.layout.html).to.equal('{{> content}}{{> foot}}');
  });

  it('are put together without a layout when they are whole documents', () => {
    const whole = { ...template, content: { ...template.content, layout: 'none' } };
    const { content } = compose(readHere(whole), library(...others));
    expect(content?.layout).to.deep.equal({ html: '{{> content}}', text: '{{> content}}' });
    expect(content?.partials.html).to.not.have.property('foot');
  });

  it('name what is missing, and go on where that is possible', () => {
    const [, , , ...without] = others;
    const noPartial = compose(readHere(template), library(...others.slice(0, 2), ...without.slice(1)));
    expect(noPartial.content).to.not.equal(null);
    expect(noPartial.issues).to.deep.equal([
      {
        ...{ part: 'html', locale: 'default', line: 1, column: 1, severity: 'error', rule: 'partial' },
        message: 'There is no partial outer.',
        about: 'outer',
      },
    ]);
    const noLayout = compose(readHere(template), library(...others.filter(({ kind }) => kind !== 'layout')));
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

  it('differ by lines with three around them', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
    const changed = lines.with(9, 'other');
    const [diff] = differences(htmls(lines.join('\n'), changed.join('\n')));
    expect(diff?.omitted).to.equal(0);
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
  });

  it('differ by as many lines as somebody reads, however large they are', () => {
    const large = (word: string) =>
      Array.from({ length: 20_000 }, (_, index) => `${word} ${index}`).join('\n');
    const [replaced] = differences(htmls(large('a'), large('b')));
    expect(replaced?.hunks[0]?.lines).to.have.length(diffBounds.ofPart);
    expect(replaced?.omitted).to.equal(40_000 - diffBounds.ofPart);
    const [long] = differences(htmls('x', 'y'.repeat(3_000_000)));
    expect(long?.hunks[0]?.lines[1]?.text).to.match(/^y{1000}… 2999000 more characters$/);
    const one = Array.from({ length: 500_000 }, () => '').join('\n');
    const [deep] = differences(htmls(one, `${one}x${one}`));
    expect(deep?.hunks[0]?.lines[0]).to.include({ kind: 'same', oldLine: 499_997 });
  });

  it('differ where one text alone ends its last line, or is empty', () => {
    const kinds = (before: string, after: string) =>
      differences(htmls(before, after)).flatMap(({ hunks }) =>
        hunks.flatMap(({ lines }) => lines.map(({ kind, text }) => `${kind} ${text}`)),
      );
    expect(kinds('a\nb\n', 'a\nc\n')).to.deep.equal(['same a', 'removed b', 'added c']);
    expect(kinds('a', 'a\n')).to.deep.equal(['same a', 'added ']);
    expect(kinds('', 'a\nb')).to.deep.equal(['added a', 'added b']);
    const far = Array.from({ length: 30 }, (_, i) => `${i}`);
    const two = differences(htmls(far.join('\n'), far.with(2, 'x').with(25, 'y').join('\n')));
    expect(two[0]?.hunks.map(({ oldStart, lines }) => [oldStart, lines.length])).to.deep.equal([
      [1, 7],
      [23, 8],
    ]);
  });
});

function htmls(before: string, after: string) {
  return { before: new Map([['html', before]]), after: new Map([['html', after]]) };
}
