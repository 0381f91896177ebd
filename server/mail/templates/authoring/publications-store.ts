import type { Knex } from 'knex';
import { utc } from '../../shared/time.ts';
import type { Cause, Source } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';

/** The number that changes with every publication, 0 before the first. */
export async function publishedRevision(db: Knex): Promise<number> {
  const row = await db('postlane_published_revision').select('revision').first();
  return row?.revision ?? 0;
}

/** Takes the one lock of publications, held until the transaction ends; returns the revision as it then is. */
export async function lockPublications(trx: Knex): Promise<number> {
  await trx.raw(
    'INSERT INTO postlane_published_revision (id, revision) VALUES (1, 0) ON DUPLICATE KEY UPDATE revision = revision',
  );
  return publishedRevision(trx);
}

/** Counts a publication. */
export async function advanceRevision(trx: Knex): Promise<void> {
  await trx('postlane_published_revision').increment('revision', 1);
}

/** A source that becomes the published one. */
export interface NewVersion {
  source: Source;
  version: number;
  hash: string;
  message: string;
  cause: Cause;
  by: string;
}

/** Adds versions to the histories and puts them in force. Drafts stay. */
export async function insertVersions(trx: Knex, versions: readonly NewVersion[], at: Date): Promise<void> {
  if (versions.length === 0) return;
  await trx('postlane_template_source_versions').insert(
    versions.map(({ source, version, hash, message, cause, by }) => ({
      kind: source.kind,
      source_key: source.key,
      version,
      content_hash: hash,
      content: JSON.stringify(source.content),
      message,
      cause: JSON.stringify(cause),
      published_by: by,
      published_at: utc(at),
    })),
  );
  // Who looks at a source without a draft looks at its published text, so that is a change to them; a draft has its
  // base for that. A version that only a layout brought about changes nobody's text.
  await trx.raw(
    `INSERT INTO postlane_template_sources (kind, source_key, version, revision, file_version, created_at)
     VALUES ${versions.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE version = VALUES(version),
       revision = revision + IF(draft IS NULL, VALUES(revision), 0),
       file_version = COALESCE(VALUES(file_version), file_version)`,
    versions.flatMap(({ source, version, cause }) => [
      source.kind,
      source.key,
      version,
      cause.kind === 'shared' ? 0 : 1,
      cause.kind === 'files' ? version : null,
      utc(at),
    ]),
  );
}

/** What messages are rendered from. */
export interface NewTemplateVersion {
  version: number;
  hash: string;
  content: TemplateContent;
}

/** Adds composed versions and makes each the one that is sent from now on. */
export async function insertTemplateVersions(
  trx: Knex,
  templates: readonly NewTemplateVersion[],
  at: Date,
): Promise<void> {
  if (templates.length === 0) return;
  await trx('postlane_template_versions')
    .whereIn(
      'template',
      templates.map(({ content }) => content.key),
    )
    .where({ published: 1 })
    .update({ published: null });
  await trx('postlane_template_versions').insert(
    templates.map(({ version, hash, content }) => ({
      template: content.key,
      version,
      category: content.category,
      content_hash: hash,
      content: JSON.stringify(content),
      published: 1,
      created_at: utc(at),
    })),
  );
}
