import { MailError } from '../../error.ts';
import { compose } from '../language/compose.ts';
import { type Source, type SourceRef, sourceName, textsOf } from '../language/source.ts';
import { readStored } from '../language/stored-source.ts';
import type { TemplateContent } from '../language/template.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import { readNumberedVersion } from '../versions-store.ts';
import type { SourceDiff, VersionPick, VersionSummary } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { readDraft, readHead } from './drafts-store.ts';
import { listVersions, readSourceVersion } from './history-store.ts';
import { summaryOf } from './published-sources.ts';
import { compileSource, readUnpublished } from './unpublished.ts';

/** A page of the history, newest first. */
export async function historyOf(
  { db }: AuthoringContext,
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
  context: AuthoringContext,
  ref: SourceRef,
  { from, to, signal }: { from: VersionPick; to: VersionPick; signal: AbortSignal | undefined },
): Promise<SourceDiff> {
  const { checks } = context;
  const [old, young] = await Promise.all([pick(context, ref, from, signal), pick(context, ref, to, signal)]);
  const texts = { before: textsOf(old.source), after: textsOf(young.source) };
  const versions = { from: old.content, to: young.content };
  const [source, rendered] = await Promise.all([
    checks.differences(texts, { signal }),
    ref.kind === 'template' ? checks.renderedDifferences(versions, { signal }) : nothingRendered,
  ]);
  return { source, ...rendered };
}

const nothingRendered = { rendered: [], problems: [] };

/** A source and, of a template, what it is composed to. */
interface Picked {
  source: Source;
  content: TemplateContent | null;
}

async function pick(
  context: AuthoringContext,
  ref: SourceRef,
  version: VersionPick,
  signal: AbortSignal | undefined,
): Promise<Picked> {
  if (version === 'draft') return pickDraft(context, ref, { signal });
  const stored = await readSourceVersion(context.db, ref, version);
  if (!stored) throw new MailError('unknown-template', `${ref.key} has no version ${version}.`, 'version');
  const composed = ref.kind === 'template' ? await readNumberedVersion(context.db, ref.key, version) : null;
  const { source, issues } = readStored(ref, stored.source.content);
  return { source, content: issues.length > 0 ? null : (composed?.content ?? null) };
}

async function pickDraft(context: AuthoringContext, ref: SourceRef, wanted: Wanted): Promise<Picked> {
  const head = await readDraft(context.db, ref);
  if (!head?.draft) throw new MailError('unknown-template', `${ref.key} has no draft.`, 'version');
  const { source, issues } = readStored(ref, head.draft);
  if (source.kind !== 'template' || issues.length > 0) return { source, content: null };
  const compiled = await compileSource(context, source, wanted);
  const read = await readUnpublished(context, compiled.source, wanted);
  const { sources } = await context.published();
  const next = new Map(sources).set(sourceName(source), read);
  return { source: read.source, content: compose(read, next).content };
}
