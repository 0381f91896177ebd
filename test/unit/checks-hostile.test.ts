import { expect } from 'chai';
import { checkTemplate } from '../../server/mail/templates/preview/check-template.ts';
import { createRenderPool, type RenderPool } from '../../server/mail/templates/preview/render-pool.ts';
import { faultless, inShort } from '../support/inspection.ts';
import { testPolicy } from '../support/policy.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const policy = testPolicy({ email: 'shop@sender.example' });

const links = { publicUrl: 'https://shop.example/mail', secretKeys: ['k'] };

describe('the check of a hostile template', () => {
  let hasty: RenderPool;
  let patient: RenderPool;
  before(() => {
    hasty = createRenderPool({ threads: 1, timeMs: 1_500 });
    patient = createRenderPool({ threads: 1, timeMs: 60_000 });
  });
  after(() => Promise.all([hasty.close(), patient.close()]));

  const check = (input: ContentInput, renderPool = hasty) =>
    checkTemplate({ renderPool, policy, links }, templateContent({ ...faultless, ...input }));
  const firstOf = async (input: ContentInput) => (await check(input))[0];

  it('has nothing to say about a sound one', async () => {
    expect(await check({}, patient)).to.deep.equal([]);
  });

  it('tells one that never ends', async () => {
    const words = Array.from({ length: 300 }, () => 'x');
    const fault = await firstOf({
      contract: { words: { type: 'array', items: { type: 'string' } } },
      sample: { words },
      html: `${'{{#each @root.words}}'.repeat(8)}${'{{/each}}'.repeat(8)}`,
    });
    expect(fault).to.include({ part: 'template', severity: 'error', rule: 'time' });
  });

  it('tells partials that include each other again and again', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const html = Object.fromEntries(names.map((name, i) => [name, `{{> p${i + 1}}}{{> p${i + 1}}}`]));
    const fault = await firstOf({ html: '{{> p0}}', partials: { html: { ...html, p40: 'x' } } });
    expect(fault).to.include({ severity: 'error' });
    expect(fault?.rule).to.be.oneOf(['time', 'memory']);
  });

  const answered: [what: string, input: ContentInput][] = [
    ['a part of 5 MB', { html: '<p>'.repeat(1_700_000) }],
    ['elements in elements', { html: '<div>'.repeat(30_000) }],
    ['blocks in blocks', { html: `${'{{#if true}}'.repeat(5_000)}${'{{/if}}'.repeat(5_000)}` }],
    ['nothing but braces', { html: '{{'.repeat(100_000) }],
    ['tags that never end', { html: '<a '.repeat(100_000) }],
    [
      'a style that never ends',
      { html: `<style>@media (prefers-color-scheme: dark) {${'{'.repeat(50_000)}` },
    ],
    ['an endless attribute', { html: `<p style="${'color:'.repeat(50_000)}">x</p>` }],
    ['a null byte', { html: '<p>\u0000</p>', subject: '\u0000' }],
  ];
  for (const [what, input] of answered) {
    it(`has a plain answer to ${what}`, async () => {
      for (const fault of await check(input)) {
        expect(fault.message).to.match(/^.{10,400}$/s);
        expect(fault.line).to.be.above(0);
      }
    });
  }

  it('names a category that the routing policy lacks', async () => {
    expect((await check({ category: 'gossip' }, patient)).map(inShort)).to.deep.equal([
      'error category template:1:1',
    ]);
  });
});
