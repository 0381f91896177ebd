import { expect } from 'chai';
import Handlebars from 'handlebars';
import { demoTemplates } from '../../server/demo/templates.ts';
import { readAllFiles } from '../../server/mail/templates/authoring/source-folders.ts';
import {
  isDeeperThan,
  jsonExcess,
  shownWithinBounds,
  sourceBounds,
} from '../../server/mail/templates/language/bounds.ts';
import { handlebarsOf } from '../../server/mail/templates/language/inclusions.ts';
import { parseSource } from '../../server/mail/templates/language/parse.ts';
import { compileTemplate } from '../../server/mail/templates/language/render.ts';
import { excessOf } from '../../server/mail/templates/language/scan.ts';
import { cpuMsOf } from '../support/cpu.ts';
import { createRandom } from '../support/random.ts';
import { templateContent } from '../support/template-content.ts';

const calls = (deep: number) => `{{eq ${'(eq '.repeat(deep)}`;
const blocks = (deep: number) => `${'{{#if a}}'.repeat(deep)}${'{{/if}}'.repeat(deep)}`;

// What held a process for seconds, minutes or for ever while it was parsed.
const monsters: [what: string, source: string, problem: RegExp][] = [
  ['20 KB of helpers in helpers', calls(5_000), /helpers more than 16 deep/],
  ['100 KB of helpers in helpers', calls(25_000), /helpers more than 16 deep/],
  ['helpers in helpers that are closed', `${calls(5_000)}1 1${')'.repeat(5_000)}}}`, /helpers more than/],
  ['100,000 blocks in blocks', blocks(100_000), /larger than 1024 KB/],
  ['blocks in blocks', blocks(2_400), /too many blocks inside of each other/],
  ['else after else', `{{#if a}}${'{{else if a}}'.repeat(4_000)}{{/if}}`, /too many blocks/],
  ['2 MB of raw blocks', '{{{{raw}}}}'.repeat(190_000), /larger than 1024 KB/],
  ['raw blocks', '{{{{raw}}}}'.repeat(20_000), /raw block/],
  ['100,000 mustaches', '{{a}}'.repeat(100_000), /more than 5000 mustaches/],
  ['100,000 escaped mustaches', '\\{{a}}'.repeat(100_000), /more than 5000 mustaches/],
  ['100,000 arguments', `{{eq ${'a '.repeat(100_000)}}}`, /more than 25000 words/],
  ['100,000 named arguments', `{{> p ${'a=b '.repeat(100_000)}}}`, /more than 25000 words/],
  ['a path of 100,000 names', `{{a${'.a'.repeat(100_000)}}}`, /more than 25000 words/],
];

describe('the bounds of a source', () => {
  for (const [what, source, problem] of monsters) {
    it(`keep ${what} from the parser`, () => {
      const spent = cpuMsOf(() => {
        const found = parseSource(source);
        expect(found).to.include({ tooLarge: true });
        expect('problem' in found && found.problem).to.match(problem);
      });
      expect(spent).to.be.below(500);
    });

    it(`keep ${what} from being compiled`, () => {
      const template = compileTemplate(templateContent({ html: source }));
      const spent = cpuMsOf(() =>
        expect(() => template.render({}, { locale: null, unsubscribe: '#' })).to.throw(problem),
      );
      expect(spent).to.be.below(500);
    });
  }

  it('let everything within them be parsed quickly', () => {
    const most: string[] = [
      '{{a}}\n'.repeat(5_000),
      `{{#if a}}${'{{/if}}{{#if a}}'.repeat(2_400)}{{/if}}`,
      blocks(64).repeat(39),
      `{{eq ${'(eq '.repeat(16)}1 1${' 1)'.repeat(16)} 1}}`.repeat(300),
      `{{eq ${'a '.repeat(24_000)}}}`,
      'x'.repeat(1024 * 1024),
      '\n'.repeat(1024 * 1024),
      `${' '.repeat(1024 * 1024 - 20)}x{{~a}}`,
      `{{${' '.repeat(1024 * 1024 - 20)}a}}`,
      `{{a "${'\\"'.repeat(500_000)}"}}`,
      '{{!--'.repeat(4_000),
      `{{${'a'.repeat(1_000_000)}`,
    ];
    for (const source of most) {
      const spent = cpuMsOf(() => parseSource(source));
      expect(spent, source.slice(0, 40)).to.be.below(1_500);
    }
  });

  it('say where', () => {
    expect(excessOf(`<p>\n\n${calls(20)}`)).to.include({ line: 3 });
    expect(parseSource('a\nb\n{{{{raw}}}}')).to.include({ line: 3 });
  });

  it('are far from what the shipped templates need', async () => {
    for (const source of await readAllFiles({ common: demoTemplates, brands: {} })) {
      expect(shownWithinBounds(source)).to.deep.equal({ source, issues: [] });
      for (const text of Object.values(handlebarsOf(source))) expect(excessOf(text)).to.equal(null);
    }
  });

  it('see every block and call that the parser sees, whatever stands around them', () => {
    const random = createRandom(12);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
    const noise = [
      'text ',
      '\\',
      '\\\\',
      '\\{{#if a}}',
      '\\\\{{a}}',
      '{{!-- {{/if}} --}}',
      '{{! {{/if }}',
      '{{~!-- -- }} --~}}',
      '{{eq "}}" \'{{/if}}\'}}',
      '{{a.[}}]}}',
      '{{{a}}}',
      '{{~a~}}',
      '\n',
      '{{"\\"}}"}}',
      "{{'\\'}}'}}",
      '{',
      '}}',
      '{{&a}}',
      '{{!}}',
      '{{!--}}',
      '{{!----}}',
      '{{else}}',
      '{{^}}',
      '{{> p a=(eq 1 1)}}',
    ];
    let deep = 0;
    for (let round = 0; round < 400; round++) {
      const depth = random.between(55, 75);
      const around = () => (random.next() < 0.03 ? pick(noise) : '');
      const begin = Array.from(
        { length: depth },
        () => around() + pick(['{{#if a}}', '{{~#each a~}}', '{{^if a}}', '{{# if a}}']),
      );
      const end = begin
        .map(open => around() + (open.endsWith('{{~#each a~}}') ? '{{/each}}' : '{{~/if}}'))
        .reverse();
      const source = `${begin.join('')}x${end.join('')}`;
      const seen = depthOf(source);
      if (seen === null || seen <= sourceBounds.blockDepth) continue;
      deep++;
      expect(excessOf(source), source).to.not.equal(null);
    }
    expect(deep).to.be.above(20);
  });

  it('count how deep and large data is without going into it', () => {
    let deep: unknown = {};
    for (let i = 0; i < 200_000; i++) deep = i % 2 ? [deep] : { deep };
    expect(isDeeperThan(deep, 100_000)).to.equal(true);
    expect(jsonExcess(deep)).to.equal('goes deeper than 32 levels');
    expect(jsonExcess({ a: 'x'.repeat(300_000) })).to.equal('is larger than 256 KB');
    expect(jsonExcess({ a: { b: [1, 2] } })).to.equal(null);
    expect(isDeeperThan({ a: [] }, 2)).to.equal(false);
    expect(isDeeperThan({ a: [] }, 1)).to.equal(true);
  });
});

/** Blocks inside of each other as the parser of Handlebars has them; null for what it refuses. */
function depthOf(source: string): number | null {
  let deepest = 0;
  let depth = 0;
  class Depth extends Handlebars.Visitor {
    override BlockStatement(block: hbs.AST.BlockStatement): void {
      depth++;
      deepest = Math.max(deepest, depth);
      super.BlockStatement(block);
      depth--;
    }
  }
  try {
    new Depth().accept(Handlebars.parse(source));
    return deepest;
  } catch {
    return null;
  }
}
