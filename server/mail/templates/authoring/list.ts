import { type SourceKind, sourceName } from '../language/source.ts';
import type { SourceSummary } from './api.ts';
import { readHeads, type SourceHead } from './drafts-store.ts';
import type { Library } from './library.ts';
import type { Studio } from './studio.ts';

/** All sources of a kind by key. */
export async function listSources(studio: Studio, kind: SourceKind): Promise<SourceSummary[]> {
  const [heads, library] = await Promise.all([readHeads(studio.db), studio.library()]);
  return heads
    .filter(head => head.kind === kind)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(head => summarise(head, library));
}

function summarise(head: SourceHead, { published, uses }: Library): SourceSummary {
  const name = sourceName(head);
  const known = published.get(name);
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
