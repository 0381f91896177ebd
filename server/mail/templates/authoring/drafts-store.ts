import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../../db/columns.ts';
import type { TemplateSourcesRow } from '../../../../db/rows.ts';
import { utc } from '../../shared/time.ts';
import type { Source, SourceKind, SourceRef } from '../language/source.ts';

const head = columns<Known<TemplateSourcesRow, { kind: SourceKind }>>()(
  'postlane_template_sources',
  ['kind', 'version', 'revision', 'draftBase', 'draftAt', 'draftBy', 'fileVersion'],
  { key: 'sourceKey' },
);

/** Where a source stands: its published version and its draft, without their contents. */
export type SourceHead = Selected<typeof head>;

/** All heads. */
export async function readHeads(db: Knex): Promise<SourceHead[]> {
  return db('postlane_template_sources').select(head.aliases);
}

/** One head, or null. */
export async function readHead(db: Knex, { kind, key }: SourceRef): Promise<SourceHead | null> {
  return (
    (await db('postlane_template_sources').select(head.aliases).where({ kind, source_key: key }).first()) ??
    null
  );
}

/** One head with its draft, or null. */
export async function readDraft(
  db: Knex,
  { kind, key }: SourceRef,
): Promise<(SourceHead & { draft: Source['content'] | null }) | null> {
  const row = await db('postlane_template_sources')
    .select({ ...head.aliases, draft: 'draft' })
    .where({ kind, source_key: key })
    .first();
  return row ? { ...row, draft: row.draft === null ? null : JSON.parse(row.draft) } : null;
}

/** Who stores a draft and when. */
interface Stamp {
  by: string;
  at: Date;
}

/** A source that was not there before, as a draft of revision 1. Refused by the primary key when it was. */
export async function insertDraft(
  db: Knex,
  { kind, key, content }: Source,
  { by, at }: Stamp,
): Promise<void> {
  await db('postlane_template_sources').insert({
    kind,
    source_key: key,
    revision: 1,
    draft: JSON.stringify(content),
    draft_at: utc(at),
    draft_by: by,
    draft_authors: JSON.stringify([by]),
    created_at: utc(at),
  });
}

/**
 * Stores a draft over the one of `revision`; false when that is no longer the current one. It keeps the version it was
 * begun on, unless `base` names a later one.
 */
export async function updateDraft(
  db: Knex,
  { kind, key, content }: Source,
  { by, at, revision, base }: Stamp & { revision: number; base: number | null },
): Promise<boolean> {
  // Assignments run from left to right and see earlier ones: what the base depends on is set after it.
  const [result] = await db.raw(
    `UPDATE postlane_template_sources
     SET draft_base = COALESCE(LEAST(?, version), IF(draft IS NULL, version, draft_base)),
         draft_authors = ${withAuthor},
         draft = ?, draft_at = ?, draft_by = ?, revision = revision + 1
     WHERE kind = ? AND source_key = ? AND revision = ?`,
    [base, by, by, by, JSON.stringify(content), utc(at), by, kind, key, revision],
  );
  return result.affectedRows > 0;
}

// A draft of the release before has no authors but its last one.
const authors = 'COALESCE(draft_authors, JSON_ARRAY(draft_by))';
const withAuthor = `CASE WHEN draft IS NULL THEN JSON_ARRAY(?)
  WHEN JSON_CONTAINS(${authors}, JSON_QUOTE(?)) THEN ${authors}
  ELSE JSON_ARRAY_APPEND(${authors}, '$', ?) END`;

/** Everybody who saved the draft since it was begun; nobody where there is none. */
export async function draftAuthors(db: Knex, { kind, key }: SourceRef): Promise<string[]> {
  const row = await db('postlane_template_sources')
    .select({ draftAuthors: 'draft_authors', draftBy: 'draft_by' })
    .where({ kind, source_key: key })
    .first();
  if (!row) return [];
  return row.draftAuthors === null ? [row.draftBy].filter(by => by !== null) : JSON.parse(row.draftAuthors);
}

/** Drops the draft of `revision`; false when that is not the current one. */
export async function dropDraft(db: Knex, { kind, key }: SourceRef, revision: number): Promise<boolean> {
  const rows = await db('postlane_template_sources')
    .where({ kind, source_key: key, revision })
    .update({ ...noDraft, revision: revision + 1 });
  return rows > 0;
}

/** Removes a source that has neither version nor draft. */
export async function removeEmpty(db: Knex, { kind, key }: SourceRef): Promise<void> {
  await db('postlane_template_sources')
    .where({ kind, source_key: key })
    .whereNull('version')
    .whereNull('draft')
    .delete();
}

const noDraft = { draft: null, draft_base: null, draft_at: null, draft_by: null, draft_authors: null };

/** The current revision, with the row locked until the transaction ends; null when there is no such source. */
export async function lockRevision(trx: Knex, { kind, key }: SourceRef): Promise<number | null> {
  const row = await trx('postlane_template_sources')
    .select('revision')
    .where({ kind, source_key: key })
    .forUpdate()
    .first();
  return row?.revision ?? null;
}

/** Notes that the file of each source says what its published version says. */
export async function markSynced(db: Knex, refs: readonly SourceRef[]): Promise<void> {
  if (refs.length === 0) return;
  await db('postlane_template_sources')
    .whereIn(
      ['kind', 'source_key'],
      refs.map(({ kind, key }) => [kind, key]),
    )
    .update({ file_version: db.ref('version') });
}
