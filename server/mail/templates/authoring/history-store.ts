import type { Knex } from 'knex';
import type { Cause, Source, SourceRef } from '../language/source.ts';

/** One publication of a source, without its content. */
export interface HistoryEntry {
  version: number;
  message: string;
  by: string;
  at: Date;
  cause: Cause;
  hash: string;
}

const entryColumns = {
  version: 'version',
  message: 'message',
  by: 'published_by',
  at: 'published_at',
  cause: 'cause',
  hash: 'content_hash',
};

/** A part of the history, newest first: versions below `before`. */
export async function listVersions(
  db: Knex,
  { kind, key }: SourceRef,
  { before, limit }: { before: number | null; limit: number },
): Promise<HistoryEntry[]> {
  const query = db('postlane_template_source_versions')
    .select(entryColumns)
    .where({ kind, source_key: key })
    .orderBy('version', 'desc')
    .limit(limit);
  if (before !== null) query.where('version', '<', before);
  const rows = await query;
  return rows.map(row => ({ ...row, cause: JSON.parse(row.cause) }));
}

/** One version with its source, or null. */
export async function readSourceVersion(
  db: Knex,
  { kind, key }: SourceRef,
  version: number,
): Promise<(HistoryEntry & { source: Source }) | null> {
  const row = await db('postlane_template_source_versions')
    .select({ ...entryColumns, content: 'content' })
    .where({ kind, source_key: key, version })
    .first();
  if (!row) return null;
  const { content, ...entry } = row;
  return {
    ...entry,
    cause: JSON.parse(row.cause),
    source: { kind, key, content: JSON.parse(content) } as Source,
  };
}

/** A published source and when it became so. */
export interface PublishedSource {
  source: Source;
  version: number;
  hash: string;
  by: string;
  at: Date;
}

/** Every published source. */
export async function readPublished(db: Knex): Promise<PublishedSource[]> {
  const rows = await publishedRows(db).select({
    kind: 's.kind',
    key: 's.source_key',
    version: 'v.version',
    hash: 'v.content_hash',
    by: 'v.published_by',
    at: 'v.published_at',
    content: 'v.content',
  });
  return rows.map(({ kind, key, content, ...entry }) => ({
    ...entry,
    source: { kind, key, content: JSON.parse(content) } as Source,
  }));
}

/** Hash and versions of every published source: what comparing with files takes. */
export async function readPublishedHashes(
  db: Knex,
): Promise<(SourceRef & { version: number; hash: string; fileVersion: number | null })[]> {
  return publishedRows(db).select({
    kind: 's.kind',
    key: 's.source_key',
    version: 'v.version',
    hash: 'v.content_hash',
    fileVersion: 's.file_version',
  });
}

function publishedRows(db: Knex) {
  return db('postlane_template_sources as s').join('postlane_template_source_versions as v', on =>
    on.on('v.kind', 's.kind').on('v.source_key', 's.source_key').on('v.version', 's.version'),
  );
}
