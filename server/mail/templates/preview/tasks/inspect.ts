import { MailError } from '../../../error.ts';
import type { Mailbox } from '../../../providers/transport.ts';
import { firstFault } from '../../../shared/joi.ts';
import { type Issue, inOrder, isError, issue } from '../../issue.ts';
import { structureIssues } from '../../language/bounds.ts';
import { compileContract, contractSchema } from '../../language/contract.ts';
import { compileTemplate } from '../../language/render.ts';
import type { TemplateContent } from '../../language/template.ts';
import { checkPaths } from '../../language/walk.ts';
import { confidentialIssues } from '../../lint/confidential/check.ts';
import { annotateSource, type MailDocument, readPage, withoutPositions } from '../../lint/document.ts';
import { lint, lintBare } from '../../lint/index.ts';
import { bareSample } from '../generated-samples.ts';
import type { RenderIssue } from '../outcome.ts';
import { largeSources, largestSource, renderProblem } from './render.ts';

/** What to examine, and what the routing policy says about its category. */
export interface Inspection {
  content: TemplateContent;
  /** Bulk mail needs a way to unsubscribe. */
  bulk: boolean;
  /** False where there is no page of preferences to lead to. */
  hasPreferences?: boolean;
  from: Mailbox;
}

/**
 * Every issue of a template, each once, as many as somebody can read. What has to be fixed before the rest can be looked
 * at comes alone.
 */
export function inspect(inspection: Inspection): Issue[] {
  return readable(inOrder(allIssues(inspection)));
}

/** Issues told of one template; more of them say nothing new. */
const mostIssues = 200;
/** Characters of a message, and of the name that it is about. */
const longestMessage = 500;

function readable(issues: readonly Issue[]): Issue[] {
  const told = issues.slice(0, mostIssues).map(({ about, ...one }) => ({
    ...one,
    message: shortened(one.message),
    ...(about !== undefined && { about: shortened(about) }),
  }));
  const more = issues.length - told.length;
  if (more === 0) return told;
  const severity = issues.slice(mostIssues).some(isError) ? 'error' : 'warning';
  return [...told, issue('more', `There are ${more} more issues: fix these first.`, { severity })];
}

function shortened(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

function allIssues(inspection: Inspection): Issue[] {
  const { content } = inspection;
  const first = [...sizeIssues(content), ...contractIssues(content)];
  if (first.length > 0) return first;
  const paths = checkPaths(content, inspection);
  const isSound = !paths.some(isError);
  const sample = sampleIssues(content);
  // A source with errors fails to render for their sake, which would be said twice.
  const documents = isSound && sample.length === 0 ? inspectDocuments(inspection) : [];
  const confidential = isSound ? confidentialIssues(content) : [];
  return once([...paths, ...sample, ...documents, ...confidential]);
}

function sizeIssues(content: TemplateContent): Issue[] {
  const over = structureIssues(content);
  if (over.length > 0) return over;
  const message = `This part is larger than ${largestSource / 1024} KB: mail of that size is cut off or refused. Shorten it.`;
  return largeSources(content).map(({ part, locale }) => issue('size', message, { part, locale }));
}

function contractIssues({ contract }: TemplateContent): Issue[] {
  const { error } = contractSchema.validate(contract);
  if (!error) return [];
  const { path, fault } = firstFault(error);
  return [issue('contract', `The field ${path} ${fault}.`, { part: 'contract' })];
}

function sampleIssues({ contract, sample }: TemplateContent): Issue[] {
  try {
    compileContract(contract).check(sample);
    return [];
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const message = `The sample does not fit the contract: ${error.message}. Correct one of them.`;
    return [issue('sample', message, { part: 'sample' })];
  }
}

function once(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map(one => [JSON.stringify(one), one])).values()];
}

/** Each language rendered with the sample, whole and without the optional fields, and looked at as its reader would. */
function inspectDocuments(inspection: Inspection): Issue[] {
  const { content } = inspection;
  const bare = bareSample(content.contract, content.sample);
  const render = rendererOf(inspection);
  return Object.keys(content.locales).flatMap(locale => {
    const whole = render(locale, content.sample);
    if ('rule' in whole) return [cannotRender(locale, whole, 'the sample')];
    const sparse = render(locale, bare);
    if ('rule' in sparse)
      return [cannotRender(locale, sparse, 'the optional fields left out'), ...lint(whole)];
    return withBare(lint(whole), lintBare(sparse));
  });
}

// A link that only this shows is the language's only place where it may be told: what is under it never changes.
const unsubscribe = 'https://unsubscribe.example.com/';
const preferencesPage = 'https://preferences.example.com/';

function rendererOf({ content, bulk, hasPreferences = true, from }: Inspection) {
  const template = compileTemplate(annotated(content));
  const { check } = compileContract(content.contract);
  const preferences = hasPreferences ? preferencesPage : null;
  return (locale: string, data: Record<string, unknown>): MailDocument | RenderIssue => {
    const context = { locale: locale === 'default' ? null : locale, unsubscribe, preferences };
    try {
      const checked = check(data);
      const { subject, html, text } = template.render(checked, context);
      return {
        ...{ locale, bulk, from, unsubscribe, subject, text },
        preheader: template.preheader(checked, context),
        html: withoutPositions(html),
        annotatedHtml: html,
        hasOwnText: content.locales[locale]?.text !== undefined,
        page: readPage(html),
      };
    } catch (error) {
      return renderProblem(content, context, error);
    }
  };
}

function annotated(content: TemplateContent): TemplateContent {
  const { locales, layout, partials } = content;
  const annotatedLocales = Object.entries(locales).map(([locale, parts]) => [
    locale,
    { ...parts, html: annotateSource(parts.html, 'html') },
  ]);
  const annotatedPartials = Object.entries(partials.html).map(([name, html]) => [
    name,
    annotateSource(html, `partial:${name}.html`),
  ]);
  return {
    ...content,
    locales: Object.fromEntries(annotatedLocales),
    layout: { ...layout, html: annotateSource(layout.html, 'layout.html') },
    partials: { ...partials, html: Object.fromEntries(annotatedPartials) },
  };
}

function cannotRender(locale: string, problem: RenderIssue, given: string): Issue {
  const where = problem.part === 'template' ? { locale } : {};
  return {
    ...problem,
    ...where,
    rule: 'render',
    message: `It cannot be rendered with ${given}: ${problem.message}`,
  };
}

/** Adds what only shows without the optional fields. */
function withBare(issues: Issue[], bare: readonly Issue[]): Issue[] {
  const known = new Set(issues.map(positionKey));
  const further = bare.filter(one => !known.has(positionKey(one)));
  return [
    ...issues,
    ...further.map(one => ({ ...one, message: `When all optional fields are left out: ${one.message}` })),
  ];
}

function positionKey({ part, locale, line, column, rule }: Issue): string {
  return JSON.stringify([part, locale, line, column, rule]);
}
