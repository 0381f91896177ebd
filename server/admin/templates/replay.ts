import type { Request, Response } from 'express';
import { issueText, type Mail, MailError, type ReplayResult, type SourceRef } from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { currentSource, frameOf, viewOf } from './editor-page.ts';
import { placeIssue } from './issue-places.ts';
import { sendTextInFrame } from './preview.ts';

const newest = 50;
/** Differences that are shown at once; the others, which differ less, are a click away. */
const shownFirst = 3;

/** Shows the draft rendered with the data of the messages that were sent last, against what these were. */
export async function showReplay(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const view = await viewOf(mail, ref);
  const key = templateIn(ref, request);
  const source = currentSource(view);
  const content = (await mail.templates.compose(source, key))?.content;
  const found = content ? await mail.templates.replay(content, { limit: newest }) : null;
  const name = await authorNames(response, [view.draft?.changedBy ?? '', view.published?.by ?? '']);
  const results = found?.results ?? [];
  const differences = results.filter(({ kind }) => kind === 'different').map(shownDifference);
  const layout = source.kind === 'template' ? source.content.layout : '';
  show(response, 'templates/replay', {
    ...frameOf(ref, view, name),
    template: key,
    renders: content !== null && content !== undefined,
    total: results.length,
    skipped: found?.skipped ?? 0,
    sampled: found?.sampled ?? false,
    failing: results.filter(({ kind }) => kind === 'failure').length,
    failures: alike(ref, layout, results),
    differing: differences.length,
    differences: differences.slice(0, shownFirst),
    more: differences.slice(shownFirst),
    same: results.filter(({ kind }) => kind === 'same').length,
  });
}

/** Answers with one message as it was sent, or as the draft would make it: the two sides of the page's pictures. */
export async function answerReplayed(
  mail: Mail,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const { message, side } = request.params;
  const html = await htmlOf(mail, request, ref, String(message), side === 'sent');
  if ('problem' in html) sendTextInFrame(response, html.problem);
  else sendMailHtml(response, html.html);
}

async function htmlOf(
  mail: Mail,
  request: Request,
  ref: SourceRef,
  messageId: string,
  asSent: boolean,
): Promise<{ html: string } | { problem: string }> {
  try {
    if (asSent)
      return (await mail.templates.replayed(messageId)) ?? { problem: 'Its content has been purged.' };
    const source = currentSource(await viewOf(mail, ref));
    const content = (await mail.templates.compose(source, templateIn(ref, request)))?.content;
    if (!content) return { problem: 'There are errors, so there is no preview. The editor lists them.' };
    const { html, problem } = await mail.templates.preview(content, { messageId, issues: false });
    return problem ? { problem: issueText(problem) } : { html };
  } catch (error) {
    if (error instanceof MailError) return { problem: error.message };
    throw error;
  }
}

function templateIn(ref: SourceRef, { query }: Request): string {
  return ref.kind === 'template' ? ref.key : String(query.template ?? '');
}

function shownDifference(result: ReplayResult) {
  const { share, html } = result;
  const onlyText = html.added + html.removed === 0;
  const unseen = onlyText ? 'only the text part' : 'nothing visible';
  return { ...result, share: share > 0 ? share : null, unseen };
}

/** Messages that fail for the same reason, as one line. */
function alike(ref: SourceRef, layout: string, results: readonly ReplayResult[]) {
  const groups = new Map<
    string,
    { problem: NonNullable<ReplayResult['problem']>; messages: ReplayResult[] }
  >();
  for (const result of results) {
    if (!result.problem) continue;
    const key = JSON.stringify(result.problem);
    const group = groups.get(key) ?? { problem: result.problem, messages: [] };
    group.messages.push(result);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.messages.length - a.messages.length)
    .map(({ problem, messages }) => ({
      message: problem.message,
      at: problem.part === 'template' ? null : placeIssue(ref, layout, problem),
      messages: messages.map(({ messageId }) => messageId),
    }));
}
