import pLimit from 'p-limit';
import { MailError } from '../../error.ts';
import { type Issue, inOrder, isError, issue, positionText, usedUp } from '../issue.ts';
import { parseIssue } from '../language/compose.ts';
import { compileContract } from '../language/contract.ts';
import type { ReadSource } from '../language/inclusions.ts';
import { compileTemplate } from '../language/render.ts';
import { type BrandSource, canonicalLocale, noLayout, type Source } from '../language/source.ts';
import { readStored } from '../language/stored-source.ts';
import type { TemplateContent } from '../language/template.ts';
import { checkPaths } from '../language/walk.ts';
import { confidentialIssues } from '../lint/confidential/check.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import type { Candidate, TemplateIssue } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { brandPlaceholders } from './placeholders.ts';
import type { AffectedTemplate } from './plan.ts';

/** Every issue of the templates that a publication changes, errors first within each. */
export async function validate(
  { checks }: Pick<AuthoringContext, 'checks'>,
  affected: readonly AffectedTemplate[],
  wanted?: Wanted,
): Promise<Candidate[]> {
  const next = pLimit(parallel);
  let hogs = 0;
  const check = async (content: TemplateContent): Promise<Issue[]> => {
    if (hogs >= mostHogs) return [notChecked];
    const found = await checks.check(content, wanted);
    if (found.some(usedUp)) hogs++;
    return found;
  };
  const candidateOf = async (one: AffectedTemplate): Promise<Candidate> => {
    const { key, direct, content, published, issues } = one;
    const found = content ? await check(content) : issues;
    // What was wrong with it before is no fault of a layout that is published now.
    const before = !direct && published && found.length > 0 ? await check(published) : [];
    const known = new Set(before.map(sameness));
    const newIssues = inOrder(found.filter(one => isAlwaysTold(one) || !known.has(sameness(one))));
    return { key, content, published, issues: newIssues.map(one => ({ ...one, template: key })) };
  };
  return Promise.all(affected.map(one => next(() => candidateOf(one))));
}

/** Two at a time keeps both threads of the pool busy, and the line short for those who preview meanwhile. */
const parallel = 2;
/** After so many templates that used up their time, a layout or partial is known to be at fault. */
const mostHogs = 2;
const notChecked = issue('time', 'Not checked, because the check of other templates took too long.');

// One that gave a link away before gives it away now, and perhaps to somebody else; what could not be checked may be
// anything.
function isAlwaysTold(one: Issue): boolean {
  return one.rule === 'confidential' || usedUp(one);
}

function sameness({ part, locale, rule, message }: Issue): string {
  return JSON.stringify([part, locale, rule, message]);
}

/** What of a source beside its texts is over the bounds or has no meaning: with that it is neither put together nor compared. */
export function foundIssues(source: Source): TemplateIssue[] {
  return readStored(source, source.content).issues.map(one => ({ ...one, template: source.key }));
}

/** Issues that only the source shows, before any template is put together with it. */
export function sourceIssues(
  { production = false }: Pick<AuthoringContext, 'production'>,
  read: ReadSource,
  compiled: readonly Issue[],
): TemplateIssue[] {
  const { key } = read.source;
  return [...compiled, ...ownIssues(read, production)].map(one => ({ ...one, template: key }));
}

function ownIssues({ source: { kind, key, content }, inclusions }: ReadSource, production: boolean): Issue[] {
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
        const found = inclusions[flavour];
        const part =
          kind === 'layout' ? (`layout.${flavour}` as const) : (`partial:${key}.${flavour}` as const);
        return !found || 'names' in found ? [] : parseIssue(found, { part, locale: null });
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
    template.render(data, { locale: locale === 'default' ? null : locale, unsubscribe: '', preferences: '' });
  }
}
