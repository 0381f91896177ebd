import { MailError } from '../../../error.ts';
import { type Issue, type IssuePart, isError } from '../../issue.ts';
import { sourceBounds, structureIssues } from '../../language/bounds.ts';
import { type Contract, compileContract } from '../../language/contract.ts';
import {
  type CompiledTemplate,
  compileTemplate,
  type RenderContext,
  type Rendered,
} from '../../language/render.ts';
import { partsFor, type TemplateContent } from '../../language/template.ts';
import { checkPaths } from '../../language/walk.ts';
import { problemOf, RenderError, type RenderIssue } from '../outcome.ts';

/** What to render: content, the data for it, and how large a part may become, in bytes. */
export interface RenderJob extends RenderContext {
  content: TemplateContent;
  /** As a caller of `send` gives it, or as it was stored. */
  data: Record<string, unknown>;
  partBytes: number;
}

/** A rendered message with the line that inboxes show after its subject. */
export interface RenderedMail extends Rendered {
  preheader: string;
}

/** Checks the data and renders with it. Throws a MailError, or a RenderError that tells the place. */
export function render(job: RenderJob): RenderedMail {
  checkSources(job.content);
  try {
    return renderChecked(job);
  } catch (error) {
    throw new RenderError(renderProblem(job.content, job, error));
  }
}

function renderChecked({
  content,
  data,
  partBytes,
  locale,
  unsubscribe,
  preferences = null,
}: RenderJob): RenderedMail {
  const template = compiled(content);
  const checked = template.check(withoutNulls(data));
  const context = { locale, unsubscribe, preferences };
  const rendered = {
    ...template.render(checked, context),
    preheader: template.preheader(checked, context),
  };
  for (const [part, text] of Object.entries(rendered)) checkBytes(part, text, partBytes);
  return rendered;
}

function checkSources(content: TemplateContent): void {
  const [over] = structureIssues(content);
  if (over) throw new RenderError({ ...over, rule: 'size' });
  const [large] = largeSources(content);
  if (!large) return;
  const message = `The source of ${large.part} is larger than ${largestSource / 1024} KB.`;
  throw new MailError('too-large', message, large.part);
}

function checkBytes(part: string, text: string, most: number): void {
  if (Buffer.byteLength(text) <= most) return;
  const size = most >= 1024 * 1024 ? `${most / 1024 / 1024} MB` : `${most} bytes`;
  throw new MailError('too-large', `The rendered ${part} is larger than ${size}.`, part);
}

/**
 * Stored data has null for whatever its caller left out. A field that the contract no longer has would be refused
 * for that null, though nobody sends it.
 */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([name, field]) => [name, withoutNulls(field)])) as T;
}

/** A template with its contract, ready to render. */
type CompiledContent = Contract & CompiledTemplate;

const kept = 8;
const recent = new Map<string, CompiledContent>();

/**
 * Compiles content, or takes it from those this thread compiled last: a replay renders the same two versions fifty
 * times, and compiling costs a hundred times what rendering does.
 */
function compiled(content: TemplateContent): CompiledContent {
  const key = JSON.stringify(content);
  const known = recent.get(key) ?? { ...compileContract(content.contract), ...compileTemplate(content) };
  recent.delete(key);
  recent.set(key, known);
  for (const oldest of recent.keys()) {
    if (recent.size <= kept) break;
    recent.delete(oldest);
  }
  return known;
}

/**
 * Why content could not be rendered, as the editor tells it. The engine speaks of names in objects and of lines of the
 * mail as it was put together; an admin wants the part, the line in it, and how to fix it.
 */
export function renderProblem(
  content: TemplateContent,
  context: Pick<RenderContext, 'locale' | 'preferences'>,
  error: unknown,
): RenderIssue {
  const problem = problemOf(error);
  if (problem.rule !== 'template') return problem;
  const cause = causeOf(content, context, problem.message);
  return cause
    ? { ...cause, severity: 'error', rule: 'template' }
    : { ...problem, message: plain(problem.message) };
}

/** What the source itself shows to be wrong, which is what the engine stumbled over; or the name it did not find. */
function causeOf(
  content: TemplateContent,
  { locale, preferences = null }: Pick<RenderContext, 'locale' | 'preferences'>,
  message: string,
): Issue | undefined {
  const [words] = partsFor(content, locale);
  const issues = checkPaths(content, { hasPreferences: preferences !== null }).filter(
    one => one.locale === null || one.locale === words,
  );
  const missing = /"([^"]+)" not defined in/.exec(message)?.[1];
  return (
    issues.find(isError) ?? issues.find(({ rule, about }) => rule === 'optional' && names(about, missing))
  );
}

function names(path = '', name = ''): boolean {
  return name !== '' && path.split('.').includes(name);
}

/** Without the engine's own objects and line numbers, which are those of no source. */
function plain(message: string): string {
  const said = message
    .replace(/"([^"]+)" not defined in .*$/s, '$1 has no value in this data')
    .replace(/ - \d+:\d+$/, '')
    .replace(/\n[\s\S]*$/, '')
    .trimEnd();
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

/** See {@link sourceBounds}. */
export const largestSource = sourceBounds.partLength;

/** A part by its name and language; layouts and partials have none. */
interface PartName {
  part: IssuePart;
  locale: string | null;
}

/** The parts that are too large to be worked on. */
export function largeSources({ locales, layout, partials }: TemplateContent): PartName[] {
  const large: PartName[] = [];
  const look = (part: IssuePart, locale: string | null, source = '') => {
    if (source.length > largestSource) large.push({ part, locale });
  };
  for (const [locale, parts] of Object.entries(locales)) {
    for (const part of ['subject', 'preheader', 'html', 'text'] as const) look(part, locale, parts[part]);
  }
  for (const flavour of ['html', 'text'] as const) {
    look(`layout.${flavour}`, null, layout[flavour]);
    for (const [name, source] of Object.entries(partials[flavour]))
      look(`partial:${name}.${flavour}`, null, source);
  }
  return large;
}
