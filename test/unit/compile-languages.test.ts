import { expect } from 'chai';
import { compileSource } from '../../server/mail/templates/authoring/unpublished.ts';
import type { Source } from '../../server/mail/templates/language/source.ts';
import { compileMjml } from '../../server/mail/templates/preview/index.ts';
import { createRenderPool } from '../../server/mail/templates/preview/render-pool.ts';

const monster = `<mjml><mj-body>${'<mj-section><mj-column>'.repeat(5_000)}`;

function written(languages: readonly string[]): Source<'template'> {
  const parts = { subject: 's', html: '', mjml: monster };
  const locales = { default: parts, ...Object.fromEntries(languages.map(one => [one, parts])) };
  const words = { category: 'c', description: '', layout: 'none' };
  return { kind: 'template', key: 'a', content: { ...words, contract: {}, sample: {}, locales } };
}

describe('MJML in many languages', function () {
  this.timeout(60_000);
  const pool = createRenderPool({ threads: 1, timeMs: 50 });
  after(() => pool.close());

  it('is given up after a few that take too long', async () => {
    let compiled = 0;
    const checks = {
      compileMjml: (source: string) => {
        compiled++;
        return compileMjml(pool, source);
      },
    };
    const { issues } = await compileSource({ checks }, written(['nl', 'de', 'fr', 'es']));
    expect(compiled).to.equal(2);
    expect(issues.map(({ locale, rule, part }) => [locale, rule, part])).to.deep.equal(
      ['default', 'nl', 'de', 'fr', 'es'].map(locale => [locale, 'time', 'mjml']),
    );
    expect(issues.at(-1)?.message).to.match(/Not compiled/);
  });

  it('is not compiled for somebody who has gone', async () => {
    const gone = new AbortController();
    gone.abort();
    const checks = {
      compileMjml: (source: string, wanted?: { signal?: AbortSignal }) => compileMjml(pool, source, wanted),
    };
    const { issues } = await compileSource({ checks }, written([]), { signal: gone.signal });
    expect(issues.map(({ message }) => message)).to.deep.equal(['Nobody waits for it any more.']);
  });
});
