import type { Request, Response } from 'express';
import type { Mail, SourceRef } from '../../mail/index.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { currentSource, frameOf, viewOf } from './editor-page.ts';

const newest = 50;

/** Shows the draft rendered with the data of the messages that were sent last, against what these were. */
export async function showReplay(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const view = await viewOf(mail, ref);
  const key = ref.kind === 'template' ? ref.key : String(request.query.template ?? '');
  const content = (await mail.templates.compose(currentSource(view), key))?.content;
  const found = content ? await mail.templates.replay(content, { limit: newest }) : null;
  const name = await authorNames(mail, [view.draft?.changedBy ?? '', view.published?.by ?? '']);
  const results = found?.results ?? [];
  show(response, 'templates/replay', {
    ...frameOf(ref, view, name),
    template: key,
    renders: content !== null && content !== undefined,
    total: results.length,
    skipped: found?.skipped ?? 0,
    failures: results.filter(({ kind }) => kind === 'failure'),
    differences: results.filter(({ kind }) => kind === 'different'),
    same: results.filter(({ kind }) => kind === 'same').length,
  });
}
