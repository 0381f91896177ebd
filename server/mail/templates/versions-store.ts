import type { Knex } from 'knex';
import type { TemplateVersionsRow } from '../../../db/rows.ts';
import { MailError } from '../error.ts';
import type { TemplateContent } from './language/template.ts';

/** A numbered, immutable version of a template. */
export type TemplateVersion = Pick<TemplateVersionsRow, 'id' | 'version'> & { content: TemplateContent };

/** The ids of the published versions by template. */
export async function publishedVersions(db: Knex): Promise<Map<string, number>> {
  const rows = await db('postlane_template_versions').select('template', 'id').where({ published: 1 });
  return new Map(rows.map(row => [row.template, row.id]));
}

/** What is in force of a template, and the highest number that was ever used for it. */
export interface TemplateInForce {
  hash: string | null;
  highest: number;
}

/** Every template's {@link TemplateInForce} by its key. */
export async function templatesInForce(db: Knex): Promise<Map<string, TemplateInForce>> {
  const rows: (TemplateInForce & { template: string })[] = await db('postlane_template_versions')
    .select('template')
    .max({ highest: 'version' })
    .max({ hash: db.raw('IF(published = 1, content_hash, NULL)') })
    .groupBy('template');
  return new Map(rows.map(({ template, ...state }) => [template, state]));
}

/** One version by its id, or null. */
export async function readVersion(db: Knex, id: number): Promise<TemplateVersion | null> {
  return findVersion(db, { id });
}

/** One version by its number, or null. */
export async function readNumberedVersion(
  db: Knex,
  template: string,
  version: number,
): Promise<TemplateVersion | null> {
  return findVersion(db, { template, version });
}

async function findVersion(db: Knex, where: Partial<TemplateVersionsRow>): Promise<TemplateVersion | null> {
  const row = await db('postlane_template_versions').select('id', 'version', 'content').where(where).first();
  return row ? { ...row, content: readContent(row) } : null;
}

function readContent({
  version,
  content,
}: Pick<TemplateVersionsRow, 'version' | 'content'>): TemplateContent {
  try {
    return JSON.parse(content);
  } catch (error) {
    const reason = `Version ${version} of the template cannot be read: ${(error as Error).message}`;
    throw new MailError('invalid-template', reason, 'template');
  }
}
