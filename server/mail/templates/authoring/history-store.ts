import type { Knex } from 'knex';
import { columns, type Selected } from '../../../../db/columns.ts';
import type { TemplateSourceVersionsRow } from '../../../../db/rows.ts';
import type { Cause, Source, SourceRef } from '../language/source.ts';

const entry = columns<TemplateSourceVersionsRow>()('v', ['version', 'message', 'cause'], {
  by: 'publishedBy',
  at: 'publishedAt',
  hash: 'contentHash',
});
const source = columns<TemplateSourceVersionsRow>()('v', ['kind', 'content'], { key: 'sourceKey' });

/** One publication of a source, without its content. */
export type HistoryEntry = Omit<Selected<typeof entry>, 'cause'> & { cause: Cause };

/** One publication with its content. */
export type PublishedSource = HistoryEntry & { source: Source };

/** A part of the history, newest first: versions below `before`. */
export async function listVersions(
  db: Knex,
  { kind, key }: SourceRef,
  { before, limit }: { before: number | null; limit: number },
): Promise<HistoryEntry[]> {
  const query = db('postlane_template_source_versions as v')
    .select(entry.aliases)
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
): Promise<PublishedSource | null> {
  const row = await db('postlane_template_source_versions as v')
    .select({ ...entry.aliases, ...source.aliases })
    .where({ kind, source_key: key, version })
    .first();
  return row ? publicationOf(row) : null;
}

/** Every source's version in force. */
export async function readPublished(db: Knex): Promise<PublishedSource[]> {
  const rows = await publishedRows(db).select({ ...entry.aliases, ...source.aliases });
  return rows.map(publicationOf);
}

function publicationOf(row: Selected<typeof entry> & Selected<typeof source>): PublishedSource {
  const { kind, key, content, cause, ...entry } = row;
  return {
    ...entry,
    cause: JSON.parse(cause),
    source: { kind, key, content: JSON.parse(content) } as Source,
  };
}

/** Hash and versions of every published source: what comparing with files takes. */
export async function readPublishedHashes(
  db: Knex,
): Promise<(SourceRef & { version: number; hash: string; fileVersion: number | null })[]> {
  const { kind, key } = source.aliases;
  const { version, hash } = entry.aliases;
  return publishedRows(db).select({ kind, key, version, hash, fileVersion: 's.file_version' });
}

function publishedRows(db: Knex) {
  return db('postlane_template_sources as s').join('postlane_template_source_versions as v', on =>
    on.on('v.kind', 's.kind').on('v.source_key', 's.source_key').on('v.version', 's.version'),
  );
}
