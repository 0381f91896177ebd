import type { SourceView, VersionPick, VersionSummary } from '../../mail/index.ts';
import { publishOrAsk, showAsked } from '../approvals/ask.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { authorNames } from './authors.ts';
import { shownDiff } from './diff-lines.ts';
import { fieldsOf } from './fields.ts';
import type { PublicationForm } from './forms.ts';
import { languageLabel, languagesOf, type Pane } from './languages.ts';
import { publishedNotice, publishOptions } from './publication.ts';
import { editorPath, headOf, longestShown, refOf, viewOf } from './source-page.ts';

const perPage = 50;

/** Shows the versions of a source, newest first, with the choice of two to compare. */
export async function showHistory(page: Page): Promise<void> {
  // What can throw comes before what is waited for: nobody would catch the other's rejection, and the process would end.
  const [ref, before] = [refOf(page), page.queryNumber('before')];
  const [view, versions] = await Promise.all([
    viewOf(page),
    page.mail.templates.versions(ref, { limit: perPage, ...(before && { before }) }),
  ]);
  const name = await authorNames(
    page,
    versions.map(({ by }) => by),
  );
  const last = versions.at(-1)?.version ?? 1;
  const picks = [...(view.draft ? ['draft'] : []), ...versions.map(({ version }) => String(version))];
  page.render('templates/history', {
    ...(await headOf(page, view)),
    versions: versions.map(one => ({ ...one, author: name(one.by), why: causeOf(one) })),
    newest: before !== null,
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
  page: Page,
  refused?: { problem: string; message: string; status: 409 | 422 },
): Promise<void> {
  const ref = refOf(page);
  const number = page.numberParam('version');
  const [view, stored] = await Promise.all([viewOf(page), page.mail.templates.version(ref, number)]);
  if (!stored) throw notFound(`There is no version ${number} of ${ref.key}.`);
  const name = await authorNames(page, [stored.by]);
  const fields = fieldsOf(stored.source);
  const data = {
    ...(await headOf(page, view)),
    version: { ...stored, author: name(stored.by), why: causeOf(stored) },
    languages: languagesOf(ref.kind, fields).map(language => ({
      ...language,
      lines: language.lines.map(withinPage),
      blocks: language.blocks.map(withinPage),
    })),
    values: fields.values,
    sample: fields.sample,
    message: refused?.message ?? `Version ${number} restored`,
    problem: refused?.problem ?? null,
  };
  page.render('templates/version', data, refused?.status ?? 200);
}

function withinPage(pane: Pane): Pane {
  const more = pane.value.length - longestShown;
  if (more <= 0) return pane;
  return { ...pane, value: `${pane.value.slice(0, longestShown)}… ${more} more characters` };
}

/** Publishes an earlier version again, as a new one. */
export async function restore(page: Page, form: PublicationForm): Promise<void> {
  const ref = refOf(page);
  const options = publishOptions(page, form);
  const { message } = options;
  const refuse = (problem: string, status: 409 | 422) => showVersion(page, { problem, message, status });
  if (message === '') return refuse('Enter a reason. It is shown in the history.', 422);
  const result = await publishOrAsk(page, ref, options, page.numberParam('version'));
  switch (result.state) {
    case 'requested':
      return showAsked(page, result.approval);
    case 'published':
      return page.redirect(editorPath(ref), publishedNotice(ref, result));
    case 'unchanged':
      return page.redirect(
        editorPath(ref),
        `The published version ${result.version} already has the same content.`,
      );
    case 'conflict':
      return refuse('Somebody changed this template in the meantime. Check it, then restore again.', 409);
    case 'refused':
      return refuse(`Not restored: ${result.issues.map(issue => issue.message).join(' ')}`, 422);
  }
}

/** Shows what differs between two versions, or a version and the draft: in source and as mail, side by side. */
export async function showDiff(page: Page): Promise<void> {
  const { mail } = page;
  const view = await viewOf(page);
  const { ref, draft, published } = view;
  const latest = published?.version ?? 1;
  const from = pick(page, 'from') ?? Math.max(latest - 1, 1);
  const to = pick(page, 'to') ?? (draft ? 'draft' : latest);
  const [diff, versions, head] = await Promise.all([
    mail.templates.diff(ref, from, to, { signal: page.gone }),
    mail.templates.versions(ref, { limit: 100 }),
    headOf(page, view),
  ]);
  page.render('templates/diff', {
    ...head,
    from: String(from),
    to: String(to),
    picks: [...(draft ? ['draft'] : []), ...versions.map(({ version }) => String(version))],
    source: shownDiff(diff.source),
    rendered: shownDiff(diff.rendered),
    problems: diff.problems.map(({ side, locale, message }) => ({
      version: side === 'from' ? String(from) : String(to),
      language: locale === 'default' ? '' : languageLabel(locale),
      message,
    })),
  });
}

function pick(page: Page, name: string): VersionPick | null {
  return page.queryText(name) === 'draft' ? 'draft' : page.queryNumber(name);
}
