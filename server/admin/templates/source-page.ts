import type { SourceRef, SourceView } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { authorNames } from './authors.ts';
import { kindLabels, readRef, refText } from './reference.ts';

/** The source that the path names. Throws a page of status 404. */
export function refOf(page: Page): SourceRef {
  return readRef(page.param('ref'));
}

/** Its drafts and versions. Throws a page of status 404. */
export async function viewOf(page: Page): Promise<SourceView> {
  const ref = refOf(page);
  const view = await page.mail.templates.get(ref);
  if (!view) throw notFound(`There is no ${kindLabels[ref.kind].one} ${ref.key}.`);
  return view;
}

/** What there is to edit: the draft, else what is published. */
export function currentSource({ ref, draft, published }: SourceView) {
  const source = draft?.source ?? published?.source;
  if (!source) throw new Error(`${ref.kind} ${ref.key} has neither a draft nor a version.`);
  return source;
}

/** Characters shown of one part to be read: more than anybody does, and a fraction of what a part may have. */
export const longestShown = 50_000;

/** Where its editor is. */
export function editorPath(ref: SourceRef): string {
  return `templates/${encodeURIComponent(refText(ref))}`;
}

/** What the head of every page about a source shows. */
export async function headOf(page: Page, { ref, revision, published, draft }: SourceView) {
  const name = await authorNames(page, [draft?.changedBy ?? '', published?.by ?? '']);
  return {
    ref: refText(ref),
    kind: ref.kind,
    key: ref.key,
    label: kindLabels[ref.kind].one,
    title: ref.kind === 'brand' ? 'Brand' : ref.key,
    revision,
    published: published && { version: published.version, at: published.at, by: name(published.by) },
    draft: draft && { at: draft.changedAt, by: name(draft.changedBy) },
    // Somebody has published a version since, without seeing this draft.
    isBehind: draft !== null && published !== null && draft.baseVersion !== published.version,
  };
}
