import { MailError } from '../error.ts';
import { compose } from '../rules/compose.ts';
import { differences } from '../rules/difference.ts';
import { type Source, type SourceRef, sourceName } from '../rules/source.ts';
import { textsOf } from '../rules/source-parts.ts';
import type { TemplateContent } from '../rules/template.ts';
import { readDraft, readHead } from '../store/template-drafts.ts';
import { listVersions, readSourceVersion } from '../store/template-history.ts';
import { readNumberedVersion } from '../store/template-versions.ts';
import type { SourceDiff, VersionPick, VersionSummary } from './api.ts';
import { compileSource } from './mjml.ts';
import type { Studio } from './studio.ts';
import { refOf, summaryOf } from './view.ts';

/** A page of the history, newest first. */
export async function historyOf(
  { db }: Studio,
  ref: SourceRef,
  { before, limit = 50 }: { before?: number; limit?: number } = {},
): Promise<VersionSummary[]> {
  const head = await readHead(db, ref);
  const page = { before: before ?? null, limit: Math.min(limit, 100) };
  const entries = await listVersions(db, ref, page);
  return entries.map(entry => summaryOf(entry, head?.version ?? null));
}

/** What differs between two versions, in source and as rendered with their own samples. */
export async function diffVersions(
  studio: Studio,
  ref: SourceRef,
  from: VersionPick,
  to: VersionPick,
): Promise<SourceDiff> {
  const [before, after] = await Promise.all([pick(studio, ref, from), pick(studio, ref, to)]);
  const [shownBefore, shownAfter] = await Promise.all([shown(studio, before), shown(studio, after)]);
  return {
    source: differences(textsOf(before.source), textsOf(after.source)),
    rendered: differences(shownBefore, shownAfter),
  };
}

/** A source and, of a template, what it is composed to. */
interface Picked {
  source: Source;
  content: TemplateContent | null;
}

async function pick(studio: Studio, ref: SourceRef, version: VersionPick): Promise<Picked> {
  if (version === 'draft') return pickDraft(studio, ref);
  const stored = await readSourceVersion(studio.db, ref, version);
  if (!stored) throw new MailError('unknown-template', `${ref.key} has no version ${version}.`, 'version');
  const composed = ref.kind === 'template' ? await readNumberedVersion(studio.db, ref.key, version) : null;
  return { source: stored.source, content: composed?.content ?? null };
}

async function pickDraft(studio: Studio, ref: SourceRef): Promise<Picked> {
  const head = await readDraft(studio.db, ref);
  if (!head?.draft) throw new MailError('unknown-template', `${ref.key} has no draft.`, 'version');
  const { source } = await compileSource(studio, { ...refOf(ref), content: head.draft } as Source);
  if (source.kind !== 'template') return { source, content: null };
  const { sources } = await studio.library();
  const next = new Map(sources).set(sourceName(source), source);
  return { source, content: compose(source, next).content };
}

/** What each language of a template shows with its sample. What cannot be rendered shows why. */
async function shown({ checks }: Studio, { content }: Picked): Promise<Map<string, string>> {
  const parts = new Map<string, string>();
  for (const locale of Object.keys(content?.locales ?? {})) {
    if (!content) break;
    const suffix = locale === 'default' ? '' : `.${locale}`;
    const preview = await checks.preview(content, {
      locale: locale === 'default' ? null : locale,
      faults: false,
    });
    for (const part of ['subject', 'html', 'text'] as const) {
      parts.set(`${part}${suffix}`, preview.problem?.message ?? preview[part]);
    }
  }
  return parts;
}
