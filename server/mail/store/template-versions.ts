import type { Db } from '../../../db/connect.ts';
import type { TemplateContent } from '../rules/template.ts';
import { inTransaction, isDuplicate } from './transaction.ts';
import { utc } from './utc.ts';

/** A numbered, immutable version of a template. */
export interface TemplateVersion {
  id: number;
  version: number;
  content: TemplateContent;
}

/**
 * Publishes content as the next version unless the published one is the same already. True when it was new; of
 * several processes that publish the same content at once, one does.
 */
export async function publishVersion(
  db: Db,
  content: TemplateContent,
  hash: string,
  now: Date,
): Promise<boolean> {
  try {
    return await publishNext(db, content, hash, now);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return publishNext(db, content, hash, now);
  }
}

function publishNext(db: Db, content: TemplateContent, hash: string, now: Date): Promise<boolean> {
  return inTransaction(db, async trx => {
    const versions: { version: number; content_hash: string; published: 1 | null }[] = await trx(
      'template_versions',
    )
      .select('version', 'content_hash', 'published')
      .where({ template: content.key })
      .orderBy('version', 'desc')
      .forUpdate();
    if (versions.some(one => one.published && one.content_hash === hash)) return false;
    await trx('template_versions').where({ template: content.key, published: 1 }).update({ published: null });
    await trx('template_versions').insert({
      template: content.key,
      version: (versions[0]?.version ?? 0) + 1,
      category: content.category,
      content_hash: hash,
      content: JSON.stringify(content),
      published: 1,
      created_at: utc(now),
    });
    return true;
  });
}

/** The ids of the published versions by template. */
export async function publishedVersions(db: Db): Promise<Map<string, number>> {
  const rows = await db('template_versions').select('template', 'id').where({ published: 1 });
  return new Map(rows.map(row => [row.template, row.id]));
}

/** The content hashes of the published versions by template. */
export async function publishedHashes(db: Db): Promise<Map<string, string>> {
  const rows = await db('template_versions').select('template', 'content_hash').where({ published: 1 });
  return new Map(rows.map(row => [row.template, row.content_hash]));
}

/** One version, or null. */
export async function readVersion(db: Db, id: number): Promise<TemplateVersion | null> {
  const row = await db('template_versions').select('id', 'version', 'content').where({ id }).first();
  return row ? { id: row.id, version: row.version, content: JSON.parse(row.content) } : null;
}
