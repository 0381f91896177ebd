import { MailError } from '../../error.ts';
import { type Issue, inOrder, isError, issue, positionText } from '../issue.ts';
import { parseIssue } from '../language/compose.ts';
import { compileContract } from '../language/contract.ts';
import { partialNames } from '../language/parse.ts';
import { compileTemplate } from '../language/render.ts';
import { type BrandSource, canonicalLocale, noLayout, type Source } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import { checkPaths } from '../language/walk.ts';
import { confidentialIssues } from '../lint/confidential/check.ts';
import type { Candidate, TemplateIssue } from './api.ts';
import type { AuthoringChecks, AuthoringContext } from './context.ts';
import { brandPlaceholders } from './placeholders.ts';
import type { AffectedTemplate } from './plan.ts';

/** Every issue of the templates that a publication changes, errors first within each. */
export async function validate(
  { checks }: Pick<AuthoringContext, 'checks'>,
  affected: readonly AffectedTemplate[],
): Promise<Candidate[]> {
  return Promise.all(
    affected.map(async ({ key, direct, content, published, issues }) => {
      const found = content ? await checks.check(content) : issues;
      // What was wrong with it before is no fault of a layout that is published now.
      const before = !direct && published && found.length > 0 ? await checks.check(published) : [];
      const known = new Set(before.map(sameness));
      const newIssues = inOrder(found.filter(one => isOfConfidential(one) || !known.has(sameness(one))));
      return { key, content, published, issues: newIssues.map(one => ({ ...one, template: key })) };
    }),
  );
}

// One that gave a link away before gives it away now, and perhaps to somebody else.
function isOfConfidential({ rule }: Issue): boolean {
  return rule === 'confidential';
}

function sameness({ part, locale, rule, message }: Issue): string {
  return JSON.stringify([part, locale, rule, message]);
}

/** Compiles a template's MJML, in each language that has some, to the HTML beside it. Other sources stay as they are. */
export async function compileSource<S extends Source>(
  { checks }: { checks: Pick<AuthoringChecks, 'compileMjml'> },
  source: S,
): Promise<{ source: S; issues: Issue[] }> {
  if (source.kind !== 'template') return { source, issues: [] };
  const issues: Issue[] = [];
  const locales = { ...source.content.locales };
  for (const [locale, parts] of Object.entries(locales)) {
    if (parts.mjml === undefined) continue;
    const compiled = await checks.compileMjml(parts.mjml);
    issues.push(...compiled.issues.map(one => ({ ...one, locale })));
    locales[locale] = { ...parts, html: compiled.html };
  }
  return { source: { ...source, content: { ...source.content, locales } }, issues };
}

/** Issues that only the source shows, before any template is put together with it. */
export function sourceIssues(
  { production = false }: Pick<AuthoringContext, 'production'>,
  source: Source,
  compiled: readonly Issue[],
): TemplateIssue[] {
  return [...compiled, ...ownIssues(source, production)].map(one => ({ ...one, template: source.key }));
}

function ownIssues({ kind, key, content }: Source, production: boolean): Issue[] {
  switch (kind) {
    case 'template': {
      const isWhole = Object.values(content.locales).some(({ mjml }) => mjml !== undefined);
      if (!isWhole || content.layout === noLayout) return [];
      return [issue('layout', `MJML makes a whole document: set the layout to ${noLayout}.`)];
    }
    case 'layout':
    case 'partial':
      // Also where no template uses it yet.
      return (['html', 'text'] as const).flatMap(flavour => {
        const read = partialNames(content[flavour] ?? '');
        const part =
          kind === 'layout' ? (`layout.${flavour}` as const) : (`partial:${key}.${flavour}` as const);
        return 'names' in read ? [] : parseIssue(read, { part, locale: null });
      });
    case 'brand':
      return [...(production ? brandPlaceholders(content) : []), ...languageIssues(content)];
  }
}

/** The language of the texts that are in no other one is a value of the brand. */
function languageIssues({ language }: BrandSource): Issue[] {
  try {
    if (language !== undefined) canonicalLocale(language);
    return [];
  } catch {
    return [issue('language', `The brand's language is ${language}: write one like nl or nl-BE.`)];
  }
}

/**
 * What every version must do, reviewed or not: it asks for no more than its contract gives, and renders its sample
 * in each language. Throws `invalid-template` or `invalid-data`. On this thread: for templates from files alone.
 */
export function assertSendable(content: TemplateContent): void {
  const error = checkPaths(content).find(isError) ?? confidentialIssues(content)[0];
  if (error) {
    const message = `${content.key}: ${positionText(error)}: ${error.message}`;
    throw new MailError('invalid-template', message, error.part);
  }
  const template = compileTemplate(content);
  const data = compileContract(content.contract).check(content.sample);
  for (const locale of Object.keys(content.locales)) {
    template.render(data, { locale: locale === 'default' ? null : locale, unsubscribe: '' });
  }
}
