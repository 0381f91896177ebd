import type { Db } from '../../../../db/connect.ts';
import type { Source, SourceKind, SourceRef } from '../language/source.ts';
import type { Draft, SourceVersion, SourceView, VersionSummary } from './api.ts';
import { readDraft, readHead } from './drafts-store.ts';
import { type HistoryEntry, readSourceVersion } from './history-store.ts';

/** A source as an editor opens it, or null. */
export async function viewOf<K extends SourceKind>(
  db: Db,
  ref: { kind: K; key: string },
): Promise<SourceView<K> | null> {
  const head = await readDraft(db, ref);
  if (!head) return null;
  const { draft, draftAt, draftBy, draftBase, version, revision } = head;
  return {
    ref: { kind: ref.kind, key: ref.key },
    revision,
    published: version === null ? null : await versionOf(db, ref, version),
    draft: draft && {
      source: { kind: ref.kind, key: ref.key, content: draft } as Draft<K>['source'],
      baseVersion: draftBase,
      changedAt: draftAt ?? new Date(0),
      changedBy: draftBy ?? '',
    },
  };
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
  return { ...summaryOf(entry, head?.version ?? null), source: source as Source<K> };
}

/** A line of the history. */
export function summaryOf({ hash: _, ...entry }: HistoryEntry, inForce: number | null): VersionSummary {
  return { ...entry, published: entry.version === inForce };
}

/** A ref without whatever else its object carries. */
export function refOf({ kind, key }: SourceRef): SourceRef {
  return { kind, key };
}
