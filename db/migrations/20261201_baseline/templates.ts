import type { Knex } from 'knex';
import { hash, id, table, word } from './columns.ts';

/** What messages are rendered from, and templates, layouts, partials and the brand as they are edited. */
export async function createTemplateTables(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_template_versions (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    template ${word(64)} NOT NULL,
    version INT UNSIGNED NOT NULL,
    category ${word(64)} NOT NULL,
    content_hash ${hash} NOT NULL,
    content LONGTEXT NOT NULL,
    published TINYINT NULL,
    created_at DATETIME(3) NOT NULL,
    UNIQUE KEY template_versions_version (template, version),
    UNIQUE KEY template_versions_published (template, published)
  ) ${table}`);

  // One row. A publication locks it first: what it was checked against is then what it is published beside.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_published_revision (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    revision INT UNSIGNED NOT NULL
  ) ${table}`);

  // version: the published one. revision: counts changes to the draft, so that none is overwritten unseen.
  // file_version: the version at which the file and the database were last equal.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_template_sources (
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

  // A template's version here has its composed content in postlane_template_versions, under the same number.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_template_source_versions (
    kind ${word(16)} NOT NULL,
    source_key ${word(64)} NOT NULL,
    version INT UNSIGNED NOT NULL,
    content_hash ${hash} NOT NULL,
    content LONGTEXT NOT NULL,
    message VARCHAR(500) NOT NULL,
    cause VARCHAR(300) NOT NULL,
    published_by VARCHAR(200) NOT NULL,
    published_at DATETIME(3) NOT NULL,
    PRIMARY KEY (kind, source_key, version)
  ) ${table}`);

  // Saved data to preview templates with.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_sample_data (
    id ${id} NOT NULL PRIMARY KEY,
    template ${word(64)} NOT NULL,
    name VARCHAR(100) NOT NULL,
    locale ${word(35)} NULL,
    data LONGTEXT NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    changed_at DATETIME(3) NOT NULL,
    UNIQUE KEY sample_data_name (template, name)
  ) ${table}`);
}
