import type { Knex } from 'knex';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/** Templates, layouts, partials and the brand as they are edited: drafts, and a history that never changes. */
export async function up(db: Knex): Promise<void> {
  // One row. A publication locks it first: what it was checked against is then what it is published beside.
  await db.raw(`CREATE TABLE template_library (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    revision INT UNSIGNED NOT NULL
  ) ${table}`);

  // version: the published one. revision: counts changes to the draft, so that none is overwritten unseen.
  // file_version: the version at which the file and the database last said the same.
  await db.raw(`CREATE TABLE template_sources (
    kind ${word(16)} NOT NULL,
    source_key ${word(64)} NOT NULL,
    version INT UNSIGNED NULL,
    revision INT UNSIGNED NOT NULL DEFAULT 0,
    draft LONGTEXT NULL,
    draft_base INT UNSIGNED NULL,
    draft_at DATETIME(3) NULL,
    draft_by VARCHAR(200) NULL,
    file_version INT UNSIGNED NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (kind, source_key)
  ) ${table}`);

  // A template's version here has its composed content in template_versions, under the same number.
  await db.raw(`CREATE TABLE template_source_versions (
    kind ${word(16)} NOT NULL,
    source_key ${word(64)} NOT NULL,
    version INT UNSIGNED NOT NULL,
    content_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    content LONGTEXT NOT NULL,
    message VARCHAR(500) NOT NULL,
    cause VARCHAR(300) NOT NULL,
    published_by VARCHAR(200) NOT NULL,
    published_at DATETIME(3) NOT NULL,
    PRIMARY KEY (kind, source_key, version)
  ) ${table}`);
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
