import {
  type Conflict,
  type Draft,
  type PublishOptions,
  type SourceRef,
  sourceName,
  type TemplateIssue,
} from '../../mail/index.ts';
import { publishOrAsk, showAsked } from '../approvals/ask.ts';
import { waitingFor } from '../approvals/lines.ts';
import type { Page } from '../page.ts';
import { shownDiff } from './diff-lines.ts';
import type { PublicationForm } from './forms.ts';
import { placeIssues } from './issue-places.ts';
import { editorPath, headOf, refOf, viewOf } from './source-page.ts';

/** What the page says after an attempt that did not publish. */
interface Attempt {
  message: string;
  problem: string;
  status: 409 | 422;
}

/** Shows what publishing the draft would change, with its errors and warnings. */
export async function showPublication(page: Page, attempt?: Attempt): Promise<void> {
  const { mail, gone: signal } = page;
  const view = await viewOf(page);
  const { ref, draft, published } = view;
  const head = await headOf(page, view);
  if (!draft) return page.render('templates/no-draft', head);
  const [candidates, diff] = await Promise.all([
    reviewed(page, view.ref, draft),
    published ? mail.templates.diff(ref, published.version, 'draft', { signal }) : null,
  ]);
  const layout = draft.source.kind === 'template' ? draft.source.content.layout : '';
  const issues = placeIssues(ref, layout, distinct(candidates.flatMap(candidate => candidate.issues)));
  const errors = issues.filter(({ severity }) => severity === 'error');
  const warnings = issues.filter(({ severity }) => severity === 'warning');
  // A layout or partial at fault is told of by itself where no template uses it.
  const touched = candidates.filter(
    ({ content, key }) => content || (ref.kind === 'template' && key === ref.key),
  );
  const data = {
    ...head,
    errors: errors.slice(0, mostIssues),
    warnings: warnings.slice(0, mostIssues),
    found: { errors: errors.length, warnings: warnings.length },
    more: excessOver(errors) + excessOver(warnings),
    touched: touched.map(({ key }) => key),
    others: touched.map(({ key }) => key).filter(key => ref.kind !== 'template' || key !== ref.key),
    diff: diff && shownDiff(diff.source),
    message: attempt?.message ?? '',
    problem: attempt?.problem ?? null,
    waiting: await waitingFor(page, sourceName(ref)),
  };
  page.render('templates/publication', data, attempt?.status ?? 200);
}

/** Every template as it would be; of a draft that is not whole only what is wrong with that. */
function reviewed({ mail, gone: signal }: Page, { key }: SourceRef, { source, issues }: Draft) {
  if (issues.length === 0) return mail.templates.review(source, { signal });
  return [{ key, content: null, issues: issues.map(one => ({ ...one, template: key })) }];
}

/** Issues of each severity on one page: of a layout with a fault each of its templates has some. */
const mostIssues = 200;

function excessOver(issues: readonly unknown[]): number {
  return Math.max(0, issues.length - mostIssues);
}

/** An issue of a shared source shows in every template that has it; here each is listed once. */
function distinct(issues: readonly TemplateIssue[]): TemplateIssue[] {
  const known = new Map(
    issues.map(issue => [JSON.stringify([issue.part, issue.locale, issue.line, issue.message]), issue]),
  );
  return [...known.values()];
}

/** Publishes the draft, or shows why that cannot be. */
export async function publish(page: Page, form: PublicationForm): Promise<void> {
  const ref = refOf(page);
  const options = publishOptions(page, form);
  const { message } = options;
  const refuse = (problem: string, status: Attempt['status']) =>
    showPublication(page, { message, problem, status });
  if (message === '' || message.length > 500)
    return refuse('Enter what changed, in at most 500 characters. It is shown in the history.', 422);
  const result = await publishOrAsk(page, ref, options);
  switch (result.state) {
    case 'requested':
      return showAsked(page, result.approval);
    case 'published':
      return page.redirect(editorPath(ref), publishedNotice(ref, result));
    case 'unchanged':
      return page.redirect(
        editorPath(ref),
        `The draft had the same content as version ${result.version} and was removed.`,
      );
    case 'refused':
      return refuse(
        result.issues.some(({ severity }) => severity === 'error')
          ? 'Not published: fix the errors below first.'
          : 'Not published: there are warnings. Fix them, or accept them below.',
        422,
      );
    case 'conflict':
      if (result.current.draft) return refuse(conflictText(result), 409);
      return page.redirect(editorPath(ref), {
        tone: 'failed',
        text: 'Somebody published or discarded this draft in the meantime.',
      });
  }
}

function conflictText({ reason, current }: Conflict): string {
  return reason === 'base'
    ? `Version ${current.published?.version} was published after this draft was started. Open the editor, merge it and come back.`
    : 'Somebody changed or published this draft in the meantime. This is its current content: check it, then publish.';
}

/** What a form that publishes says. */
export function publishOptions(
  { by }: Page,
  { revision, message, acceptWarnings }: PublicationForm,
): PublishOptions {
  return { revision, message, by, acceptWarnings: acceptWarnings === 'yes' };
}

/** One line about a publication. */
export function publishedNotice(
  ref: SourceRef,
  { version, templates }: { version: number; templates: readonly { key: string; version: number }[] },
): string {
  const others = templates.filter(({ key }) => ref.kind !== 'template' || key !== ref.key);
  const also = others.map(one => `${one.key} ${one.version}`).join(', ');
  return `Version ${version} is published.${others.length > 0 ? ` New versions of other templates: ${also}.` : ''}`;
}
