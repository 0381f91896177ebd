import { issueText, MailError, type ReplayResult, type SourceRef } from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import type { Page } from '../page.ts';
import { placeIssue } from './issue-places.ts';
import { hasErrors, sendTextInFrame } from './mail-frame.ts';
import { templateInQuery } from './preview-choice.ts';
import { currentSource, headOf, refOf, viewOf } from './source-page.ts';

const newest = 50;
/** Differences that are shown at once; the others, which differ less, are a click away. */
const shownFirst = 3;

/** Shows the draft rendered with the data of the messages that were sent last, against what these were. */
export async function showReplay(page: Page): Promise<void> {
  const { mail, gone: signal } = page;
  const view = await viewOf(page);
  const { ref } = view;
  const key = templateInQuery(page, ref);
  const source = currentSource(view);
  const content = (await mail.templates.compose(source, key, { signal }))?.content;
  const found = content ? await mail.templates.replay(content, { limit: newest, signal }) : null;
  const results = found?.results ?? [];
  const differences = results.filter(({ kind }) => kind === 'different').map(shownDifference);
  const layout = source.kind === 'template' ? source.content.layout : '';
  page.render('templates/replay', {
    ...(await headOf(page, view)),
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
export async function showReplayed(page: Page): Promise<void> {
  const found = await htmlOf(page);
  if ('problem' in found) sendTextInFrame(page, found.problem);
  else sendMailHtml(page.response, found.html);
}

async function htmlOf(page: Page): Promise<{ html: string } | { problem: string }> {
  const { mail, gone: signal } = page;
  const ref = refOf(page);
  const messageId = page.param('message');
  try {
    if (page.param('side') === 'sent')
      return (await mail.templates.replayed(messageId)) ?? { problem: 'Its content has been purged.' };
    const source = currentSource(await viewOf(page));
    const content = (await mail.templates.compose(source, templateInQuery(page, ref), { signal }))?.content;
    if (!content) return { problem: hasErrors };
    const { html, problem } = await mail.templates.preview(content, { messageId, issues: false, signal });
    return problem ? { problem: issueText(problem) } : { html };
  } catch (error) {
    if (error instanceof MailError) return { problem: error.message };
    throw error;
  }
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
