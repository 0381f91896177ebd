import {
  type Candidate,
  type Issue,
  issueText,
  MailError,
  type Preview,
  type Source,
} from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import type { FrameForm } from './forms.ts';
import { placeIssues } from './issue-places.ts';
import { languageLabel } from './languages.ts';
import { hasErrors, sendInScheme, sendTextInFrame } from './mail-frame.ts';
import { dataChoice, templateInForm, templateInQuery } from './preview-choice.ts';
import type { EditorForm } from './read-form.ts';
import { type FormSource, sourceOf } from './source-of.ts';
import { currentSource, refOf, viewOf } from './source-page.ts';

/** Answers a script with what the form renders to, and with its issues. Nothing is stored. */
export async function answerPreview(page: Page, form: EditorForm): Promise<void> {
  const ref = refOf(page);
  const described = sourceOf(ref, form);
  if ('problem' in described) return page.json(unreadable(described));
  const { content, issues } = await candidateOf(page, form, described.source);
  const shown = content && (await previewed(page, form, content, issues === null));
  const found = [...(issues ?? []), ...(shown && 'issues' in shown ? shown.issues : [])];
  page.json({
    mail: shown && 'subject' in shown && !shown.problem ? facts(shown) : null,
    problem: problemOf(shown),
    issues: placeIssues(ref, form.layout, found),
  });
}

/** The answer for a form that describes no source: what is wrong with it, as an issue. */
function unreadable({ field, problem }: Extract<FormSource, { problem: string }>) {
  const place = { place: field, field, elsewhere: null, line: 1, column: 1, hash: '' };
  return { mail: null, problem, issues: [{ rule: 'form', severity: 'error', message: problem, ...place }] };
}

/**
 * What to show, with the issues that publishing would find. They are null where the source differs in nothing from what
 * is published, and for a template that shows a shared source: then the preview looks for them.
 */
async function candidateOf(
  page: Page,
  form: EditorForm,
  source: Source,
): Promise<{ content: Candidate['content']; issues: readonly Issue[] | null }> {
  const { mail, gone: signal } = page;
  const key = templateInForm(form, source);
  if (key === '') return { content: null, issues: null };
  if (source.kind === 'template') {
    const [candidate] = await mail.templates.review(source, { signal });
    if (candidate) return candidate;
  }
  const content = (await mail.templates.compose(source, key, { signal }))?.content ?? null;
  if (content) return { content, issues: null };
  const candidates = await mail.templates.review(source, { signal });
  return candidates.find(one => one.key === key) ?? { content: null, issues: null };
}

async function previewed(
  page: Page,
  form: EditorForm,
  content: NonNullable<Candidate['content']>,
  issues: boolean,
): Promise<Preview | { missing: string }> {
  try {
    const { mail, gone: signal } = page;
    return await mail.templates.preview(content, { ...dataChoice(form), issues, signal });
  } catch (error) {
    if (error instanceof MailError) return { missing: error.message };
    throw error;
  }
}

function problemOf(shown: Preview | { missing: string } | null): string | null {
  if (!shown) return null;
  return 'missing' in shown ? shown.missing : (shown.problem?.message ?? null);
}

function facts({ subject, preheader, html, text, headers, sizes, words, locale, data }: Preview) {
  return { subject, preheader, html, text, headers, sizes, words: languageLabel(words), locale, data };
}

/** Answers with HTML that was just rendered, as a document of its own with the policy of mails. */
export function showGivenHtml(page: Page, { html, scheme }: FrameForm): void {
  sendInScheme(page, html, scheme);
}

/** Answers with a template as its draft, or a version of it, looks with its sample: for pages without a script. */
export async function showStoredPreview(page: Page): Promise<void> {
  const { mail, gone: signal } = page;
  const source = await storedSource(page);
  const content = (await mail.templates.compose(source, templateInQuery(page, source), { signal }))?.content;
  if (!content) return sendTextInFrame(page, hasErrors);
  const locale = page.queryText('locale') || 'default';
  const { html, problem } = await mail.templates.preview(content, {
    locale: locale === 'default' ? null : locale,
    issues: false,
    signal,
  });
  if (problem) sendTextInFrame(page, issueText(problem));
  else sendInScheme(page, html, page.queryText('scheme'));
}

async function storedSource(page: Page): Promise<Source> {
  const version = page.queryText('version') === 'draft' ? null : page.queryNumber('version');
  if (version === null) return currentSource(await viewOf(page));
  const ref = refOf(page);
  const stored = await page.mail.templates.version(ref, version);
  if (!stored) throw notFound(`There is no version ${version} of ${ref.key}.`);
  return stored.source;
}
