import { setImmediate } from 'node:timers/promises';
import type { Db } from '../../../../db/connect.ts';
import type { Issue } from '../issue.ts';
import { shownWithinBounds } from '../language/bounds.ts';
import type { Sources } from '../language/compose.ts';
import { type ReadSource, readHere } from '../language/inclusions.ts';
import { brandKey, type Source, type SourceKind, sourceName } from '../language/source.ts';
import { readStored } from '../language/stored-source.ts';
import { type Uses, usesAmong } from '../language/uses.ts';
import { type TemplateInForce, templatesInForce } from '../versions-store.ts';
import type { SourceSummary, SourceVersion, SourceView, VersionSummary } from './api.ts';
import { readDraft, readHead, readHeads, type SourceHead } from './drafts-store.ts';
import {
  type HistoryEntry,
  type PublishedSource,
  readPublished,
  readSourceVersion,
} from './history-store.ts';
import { brandPlaceholders } from './placeholders.ts';
import { publishedRevision } from './publications-store.ts';

/** Everything that is published, as it was at one revision. */
export interface PublishedSources {
  revision: number;
  /** By {@link sourceName}, as is `sources`. */
  versions: ReadonlyMap<string, PublishedSource>;
  sources: Sources;
  templates: ReadonlyMap<string, TemplateInForce>;
  uses: Uses;
}

/** Creates a reader of everything published: one small query unless something was published since. */
export function createPublishedSources(db: Db): () => Promise<PublishedSources> {
  let known: PublishedSources | null = null;
  return async () => {
    const revision = await publishedRevision(db);
    if (known?.revision !== revision) known = await readAll(db);
    return known;
  };
}

async function readAll(db: Db): Promise<PublishedSources> {
  for (;;) {
    const revision = await publishedRevision(db);
    const all = await readPublished(db);
    const templates = await templatesInForce(db);
    // A publication in between would mix two revisions.
    if ((await publishedRevision(db)) !== revision) continue;
    const versions = new Map(all.map(entry => [sourceName(entry.source), entry]));
    const sources = await readEach(all);
    return { revision, versions, sources, templates, uses: usesAmong(sources) };
  }
}

/** With what each includes; between two of them others have their turn. */
async function readEach(all: readonly PublishedSource[]): Promise<Sources> {
  const sources = new Map<string, ReadSource>();
  for (const { source } of all) {
    sources.set(sourceName(source), readHere(shownWithinBounds(source).source));
    await setImmediate();
  }
  return sources;
}

/** All sources of a kind by key. */
export async function listSources(
  db: Db,
  kind: SourceKind,
  published: PublishedSources,
): Promise<SourceSummary[]> {
  const heads = await readHeads(db);
  return heads
    .filter(head => head.kind === kind)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(head => summarise(head, published));
}

function summarise(head: SourceHead, { versions, uses }: PublishedSources): SourceSummary {
  const name = sourceName(head);
  const known = versions.get(name);
  const content = known?.source.kind === 'template' ? known.source.content : null;
  const draftIsLater = head.draftAt !== null && (!known || head.draftAt > known.at);
  return {
    kind: head.kind,
    key: head.key,
    category: content?.category ?? null,
    description: content?.description ?? '',
    version: head.version,
    hasDraft: head.draftAt !== null,
    changedAt: (draftIsLater ? head.draftAt : known?.at) ?? new Date(0),
    changedBy: (draftIsLater ? head.draftBy : known?.by) ?? '',
    usedBy: (uses.get(name) ?? []).filter(({ kind }) => kind === 'template').length,
  };
}

/** A source as an editor opens it, or null. */
export async function viewOf<K extends SourceKind>(
  db: Db,
  ref: { kind: K; key: string },
): Promise<SourceView<K> | null> {
  const head = await readDraft(db, ref);
  if (!head) return null;
  const { draft, draftAt, draftBy, draftBase, version, revision } = head;
  const shown = draft && asFound<K>(ref, draft);
  return {
    ref: { kind: ref.kind, key: ref.key },
    revision,
    published: version === null ? null : await versionOf(db, ref, version),
    draft: shown && {
      ...shown,
      baseVersion: draftBase,
      changedAt: draftAt ?? new Date(0),
      changedBy: draftBy ?? '',
    },
  };
}

/** What of the published brand is still the demo's or a starter folder's. */
export async function publishedPlaceholders(db: Db): Promise<Issue[]> {
  const view = await viewOf(db, { kind: 'brand', key: brandKey });
  return view?.published ? brandPlaceholders(view.published.source.content) : [];
}

/** One version of a source, or null. */
export async function versionOf<K extends SourceKind>(
  db: Db,
  ref: { kind: K; key: string },
  version: number,
): Promise<SourceVersion<K> | null> {
  const stored = await readSourceVersion(db, ref, version);
  if (!stored) return null;
  const { source, ...entry } = stored;
  const head = await readHead(db, ref);
  return { ...summaryOf(entry, head?.version ?? null), ...asFound<K>(ref, source.content) };
}

function asFound<K extends SourceKind>(
  ref: { kind: K; key: string },
  stored: unknown,
): { source: Source<K>; issues: Issue[] } {
  const { source, issues } = readStored(ref, stored);
  return { source: source as Source<K>, issues };
}

/** A line of the history. */
export function summaryOf({ hash: _, ...entry }: HistoryEntry, inForce: number | null): VersionSummary {
  return { ...entry, published: entry.version === inForce };
}
