import type { Request, Response } from 'express';
import {
  type Candidate,
  type Issue,
  issueText,
  type Mail,
  MailError,
  type Preview,
  type Source,
  type SourceRef,
} from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import { notFound } from '../page-error.ts';
import { withScheme } from './color-scheme.ts';
import { currentSource, viewOf } from './editor-page.ts';
import { placeIssues } from './issue-places.ts';
import { languageLabel } from './languages.ts';
import { dataChoice, templateOf } from './preview-choice.ts';
import { readForm } from './read-form.ts';
import { sourceOf } from './source-of.ts';

/** Answers a script with what the form renders to, and with its issues. Nothing is stored. */
export async function answerPreview(
  mail: Mail,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const fields = readForm(request.body);
  const form = sourceOf(ref, fields);
  if ('problem' in form) {
    const issue = {
      rule: 'form',
      severity: 'error',
      message: form.problem,
      field: form.field,
      line: 1,
      column: 1,
    };
    response.json({
      mail: null,
      problem: form.problem,
      issues: [{ ...issue, place: form.field, elsewhere: null, hash: '' }],
    });
    return;
  }
  const { content, issues } = await candidateOf(mail, form.source, request);
  const shown = content && (await previewed(mail, content, request, issues === null));
  const found = [...(issues ?? []), ...(shown && 'issues' in shown ? shown.issues : [])];
  response.json({
    mail: shown && 'subject' in shown && !shown.problem ? facts(shown) : null,
    problem: problemOf(shown),
    issues: placeIssues(ref, fields.layout, found),
  });
}

/**
 * What to show, with the issues that publishing would find. They are null where the source differs in nothing from what
 * is published, and for a template that shows a shared source: then the preview looks for them.
 */
async function candidateOf(
  mail: Mail,
  source: Source,
  request: Request,
): Promise<{ content: Candidate['content']; issues: readonly Issue[] | null }> {
  const key = templateOf(source, request);
  if (key === '') return { content: null, issues: null };
  if (source.kind === 'template') {
    const [candidate] = await mail.templates.review(source);
    if (candidate) return candidate;
  }
  const content = (await mail.templates.compose(source, key))?.content ?? null;
  if (content) return { content, issues: null };
  const candidates = await mail.templates.review(source);
  return candidates.find(one => one.key === key) ?? { content: null, issues: null };
}

async function previewed(
  mail: Mail,
  content: NonNullable<Candidate['content']>,
  request: Request,
  issues: boolean,
): Promise<Preview | { missing: string }> {
  try {
    return await mail.templates.preview(content, { ...dataChoice(request), issues });
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
export function answerFrame(request: Request, response: Response): void {
  const { html, scheme }: { html?: unknown; scheme?: unknown } = request.body ?? {};
  sendMailHtml(
    response,
    withScheme(typeof html === 'string' ? html : '', scheme === 'dark' ? 'dark' : 'light'),
  );
}

/** Answers with a template as its draft, or a version of it, looks with its sample: for pages without a script. */
export async function answerStoredPreview(
  mail: Mail,
  { query }: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const source = await storedSource(mail, ref, query.version);
  const template = ref.kind === 'template' ? ref.key : String(query.template ?? '');
  const content = (await mail.templates.compose(source, template))?.content;
  if (!content) {
    sendTextInFrame(response, 'There are errors, so there is no preview. The editor lists them.');
    return;
  }
  const locale = typeof query.locale === 'string' && query.locale !== 'default' ? query.locale : null;
  const { html, problem } = await mail.templates.preview(content, { locale, issues: false });
  if (problem) sendTextInFrame(response, issueText(problem));
  else sendMailHtml(response, withScheme(html, query.scheme === 'dark' ? 'dark' : 'light'));
}

/** A sentence in the place of a mail: a page of ours would have neither its style nor its links in there. */
export function sendTextInFrame(response: Response, sentence: string): void {
  const text = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.status(422);
  sendMailHtml(response, `<p style="margin: 2rem; font: 1rem/1.5 system-ui, sans-serif">${text}</p>`);
}

async function storedSource(mail: Mail, ref: SourceRef, version: unknown): Promise<Source> {
  if (version === undefined || version === 'draft') return currentSource(await viewOf(mail, ref));
  const stored = await mail.templates.version(ref, Number(version));
  if (!stored) throw notFound(`There is no version ${String(version)} of ${ref.key}.`);
  return stored.source;
}
