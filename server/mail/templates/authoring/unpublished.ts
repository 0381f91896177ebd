import { type Issue, issue, usedUp } from '../issue.ts';
import { handlebarsOf, type ReadSource } from '../language/inclusions.ts';
import type { Source } from '../language/source.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import type { AuthoringChecks } from './context.ts';

/** A source that is not published, with what it includes: parsed in a thread of the pool. */
export async function readUnpublished<S extends Source>(
  { checks }: { checks: Pick<AuthoringChecks, 'inclusions'> },
  source: S,
  wanted?: Wanted,
): Promise<ReadSource<S>> {
  return { source, inclusions: await checks.inclusions(handlebarsOf(source), wanted) };
}

/**
 * Compiles a template's MJML, in each language that has some, to the HTML beside it. Other sources stay as they are. After
 * a few languages that used up their time the others are not compiled.
 */
export async function compileSource<S extends Source>(
  { checks }: { checks: Pick<AuthoringChecks, 'compileMjml'> },
  source: S,
  wanted?: Wanted,
): Promise<{ source: S; issues: Issue[] }> {
  if (source.kind !== 'template') return { source, issues: [] };
  const issues: Issue[] = [];
  const locales = { ...source.content.locales };
  let hogs = 0;
  for (const [locale, parts] of Object.entries(locales)) {
    if (parts.mjml === undefined) continue;
    const compiled = hogs < mostHogs ? await checks.compileMjml(parts.mjml, wanted) : notCompiled;
    if (compiled.issues.some(usedUp)) hogs++;
    issues.push(...compiled.issues.map(one => ({ ...one, locale })));
    locales[locale] = { ...parts, html: compiled.html };
  }
  return { source: { ...source, content: { ...source.content, locales } }, issues };
}

const mostHogs = 2;
const notCompiled = {
  html: '',
  issues: [
    issue('time', 'Not compiled, because the MJML of other languages took too long.', { part: 'mjml' }),
  ],
};
