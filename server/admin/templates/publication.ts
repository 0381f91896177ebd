import type { Request, Response } from 'express';
import type { Mail, PublishOptions, SourceRef, TemplateIssue } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { formField } from '../form-parser.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { shownDiff } from './diff-lines.ts';
import { frameOf, viewOf } from './editor-page.ts';
import { placeIssues } from './issue-places.ts';
import { refText } from './reference.ts';

/** What the page says after an attempt that did not publish. */
interface Attempt {
  message: string;
  problem: string;
  status: 409 | 422;
}

/** Shows what publishing the draft would change, with its errors and warnings. */
export async function showPublication(
  mail: Mail,
  show: Show,
  response: Response,
  ref: SourceRef,
  attempt?: Attempt,
): Promise<void> {
  const view = await viewOf(mail, ref);
  const { draft, published } = view;
  const name = await authorNames(response, [draft?.changedBy ?? '', published?.by ?? '']);
  if (!draft) {
    show(response, 'templates/no-draft', frameOf(ref, view, name));
    return;
  }
  const [candidates, diff] = await Promise.all([
    mail.templates.review(draft.source),
    published ? mail.templates.diff(ref, published.version, 'draft') : null,
  ]);
  const layout = draft.source.kind === 'template' ? draft.source.content.layout : '';
  const issues = placeIssues(ref, layout, distinct(candidates.flatMap(candidate => candidate.issues)));
  show(
    response,
    'templates/publication',
    {
      ...frameOf(ref, view, name),
      errors: issues.filter(({ severity }) => severity === 'error'),
      warnings: issues.filter(({ severity }) => severity === 'warning'),
      touched: candidates.map(({ key }) => key),
      others: candidates.map(({ key }) => key).filter(key => ref.kind !== 'template' || key !== ref.key),
      diff: diff && shownDiff(diff.source),
      message: attempt?.message ?? '',
      problem: attempt?.problem ?? null,
    },
    attempt?.status ?? 200,
  );
}

/** An issue of a shared source shows in every template that has it; here each is listed once. */
function distinct(issues: readonly TemplateIssue[]): TemplateIssue[] {
  const known = new Map(
    issues.map(issue => [JSON.stringify([issue.part, issue.locale, issue.line, issue.message]), issue]),
  );
  return [...known.values()];
}

/** Publishes the draft, or shows why that cannot be. */
export async function publish(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const message = formField(request, 'message').trim();
  const options = publishOptions(request, response);
  if (message === '' || message.length > 500) {
    const problem = 'Enter what changed, in at most 500 characters. It is shown in the history.';
    await showPublication(mail, show, response, ref, { message, problem, status: 422 });
    return;
  }
  const result = await mail.templates.publish(ref, options);
  const page = `templates/${encodeURIComponent(refText(ref))}`;
  switch (result.state) {
    case 'published':
      redirectWithFlash(response, page, publishedNotice(ref, result.version, result.templates));
      return;
    case 'unchanged':
      redirectWithFlash(
        response,
        page,
        `The draft had the same content as version ${result.version} and was removed.`,
      );
      return;
    case 'refused': {
      const problem = result.issues.some(({ severity }) => severity === 'error')
        ? 'Not published: fix the errors below first.'
        : 'Not published: there are warnings. Fix them, or accept them below.';
      await showPublication(mail, show, response, ref, { message, problem, status: 422 });
      return;
    }
    case 'conflict': {
      const problem =
        result.reason === 'base'
          ? `Version ${result.current.published?.version} was published after this draft was started. Open the editor, merge it and come back.`
          : 'Somebody changed or published this draft in the meantime. This is its current content: check it, then publish.';
      if (result.current.draft)
        await showPublication(mail, show, response, ref, { message, problem, status: 409 });
      else
        redirectWithFlash(response, page, {
          tone: 'failed',
          text: 'Somebody published or discarded this draft in the meantime.',
        });
    }
  }
}

/** What a form that publishes says. */
export function publishOptions(request: Request, response: Response): PublishOptions {
  return {
    revision: Number(formField(request, 'revision')),
    message: formField(request, 'message').trim(),
    by: personOf(response).id,
    acceptWarnings: formField(request, 'acceptWarnings') === 'yes',
  };
}

/** One line about a publication. */
export function publishedNotice(
  ref: SourceRef,
  version: number,
  templates: readonly { key: string; version: number }[],
): string {
  const others = templates.filter(({ key }) => ref.kind !== 'template' || key !== ref.key);
  const also = others.map(one => `${one.key} ${one.version}`).join(', ');
  return `Version ${version} is published.${others.length > 0 ? ` New versions of other templates: ${also}.` : ''}`;
}
