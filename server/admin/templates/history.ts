import type { Request, Response } from 'express';
import type { Mail, SourceRef, SourceView, VersionPick, VersionSummary } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { formField } from '../form-parser.ts';
import { notFound } from '../page-error.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { shownDiff } from './diff-lines.ts';
import { frameOf, viewOf } from './editor-page.ts';
import { fieldsOf } from './fields.ts';
import { languageLabel, languagesOf } from './languages.ts';
import { publishedNotice, publishOptions } from './publication.ts';
import { refText } from './reference.ts';

const perPage = 50;

/** Shows the versions of a source, newest first, with the choice of two to compare. */
export async function showHistory(
  mail: Mail,
  show: Show,
  { query }: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const before = Number(query.before);
  const [view, versions] = await Promise.all([
    viewOf(mail, ref),
    mail.templates.versions(ref, { limit: perPage, ...(before > 0 && { before }) }),
  ]);
  const ids = [view.draft?.changedBy ?? '', view.published?.by ?? '', ...versions.map(({ by }) => by)];
  const name = await authorNames(response, ids);
  const last = versions.at(-1)?.version ?? 1;
  const picks = [...(view.draft ? ['draft'] : []), ...versions.map(({ version }) => String(version))];
  show(response, 'templates/history', {
    ...frameOf(ref, view, name),
    versions: versions.map(one => ({ ...one, author: name(one.by), why: causeOf(one) })),
    newest: before > 0,
    older: versions.length === perPage && last > 1 ? last : null,
    picks: picks.length > 1 ? picks : [],
    ...lastTwo(view, versions),
  });
}

// What is compared most: the draft with what is published, else the newest two.
function lastTwo({ draft, published }: SourceView, [newest, previous]: readonly VersionSummary[]) {
  if (draft) return { from: String(published?.version ?? ''), to: 'draft' };
  return { from: String(previous?.version ?? newest?.version ?? ''), to: String(newest?.version ?? '') };
}

function causeOf({ cause, by }: VersionSummary): string {
  switch (cause.kind) {
    case 'edit':
      return '';
    case 'files':
      return by === 'files' ? '' : 'from the template files';
    case 'restore':
      return `version ${cause.version} restored`;
    case 'shared':
      return `by ${cause.ref.kind} ${cause.ref.key}, version ${cause.version}`;
  }
}

/** Shows one version: its sources, and a way to make it the published one again. */
export async function showVersion(
  mail: Mail,
  show: Show,
  response: Response,
  ref: SourceRef,
  number: string,
  problem: { text: string; message: string; status: 409 | 422 } | null = null,
): Promise<void> {
  const [view, stored] = await Promise.all([viewOf(mail, ref), mail.templates.version(ref, Number(number))]);
  if (!stored) throw notFound(`There is no version ${number} of ${ref.key}.`);
  const name = await authorNames(response, [
    stored.by,
    view.draft?.changedBy ?? '',
    view.published?.by ?? '',
  ]);
  const fields = fieldsOf(stored.source);
  show(
    response,
    'templates/version',
    {
      ...frameOf(ref, view, name),
      version: { ...stored, author: name(stored.by), why: causeOf(stored) },
      languages: languagesOf(ref.kind, fields),
      values: fields.values,
      sample: fields.sample,
      message: problem?.message ?? `Version ${number} restored`,
      problem: problem?.text ?? null,
    },
    problem?.status ?? 200,
  );
}

/** Publishes an earlier version again, as a new one. */
export async function restore(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  ref: SourceRef,
  number: string,
): Promise<void> {
  const message = formField(request, 'message').trim();
  const showProblem = (text: string, status: 409 | 422) =>
    showVersion(mail, show, response, ref, number, { text, message, status });
  if (message === '') {
    await showProblem('Enter a reason. It is shown in the history.', 422);
    return;
  }
  const result = await mail.templates.restore(ref, Number(number), publishOptions(request, response));
  const page = `templates/${encodeURIComponent(refText(ref))}`;
  switch (result.state) {
    case 'published':
      redirectWithFlash(response, page, publishedNotice(ref, result.version, result.templates));
      return;
    case 'unchanged':
      redirectWithFlash(
        response,
        page,
        `The published version ${result.version} already has the same content.`,
      );
      return;
    case 'conflict':
      await showProblem('Somebody changed this template in the meantime. Check it, then restore again.', 409);
      return;
    case 'refused':
      await showProblem(`Not restored: ${result.issues.map(({ message }) => message).join(' ')}`, 422);
  }
}

/** Shows what differs between two versions, or a version and the draft: in source and as mail, side by side. */
export async function showDiff(
  mail: Mail,
  show: Show,
  { query }: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const view = await viewOf(mail, ref);
  const latest = view.published?.version ?? 1;
  const from = pick(query.from, Math.max(latest - 1, 1));
  const to = pick(query.to, view.draft ? 'draft' : latest);
  const [diff, versions, name] = await Promise.all([
    mail.templates.diff(ref, from, to),
    mail.templates.versions(ref, { limit: 100 }),
    authorNames(response, [view.draft?.changedBy ?? '', view.published?.by ?? '']),
  ]);
  show(response, 'templates/diff', {
    ...frameOf(ref, view, name),
    from: String(from),
    to: String(to),
    picks: [...(view.draft ? ['draft'] : []), ...versions.map(({ version }) => String(version))],
    source: shownDiff(diff.source),
    rendered: shownDiff(diff.rendered),
    problems: diff.problems.map(({ side, locale, message }) => ({
      version: side === 'from' ? String(from) : String(to),
      language: locale === 'default' ? '' : languageLabel(locale),
      message,
    })),
  });
}

function pick(asked: unknown, otherwise: VersionPick): VersionPick {
  if (asked === undefined || asked === '') return otherwise;
  if (asked === 'draft') return 'draft';
  const version = Number(asked);
  if (!Number.isInteger(version) || version < 1) throw notFound('There is no such version.');
  return version;
}
