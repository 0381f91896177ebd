import type { Db } from '../../../db/connect.ts';

/**
 * Of these messages, those that only their recipients may read: the version of the template that they are pinned to
 * is marked so, or the one that is published now, for marking a template covers the mail sent before, too.
 */
export async function confidentialMessages(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT m.id FROM postlane_messages m
     JOIN postlane_template_versions v ON v.id = m.template_version_id
     LEFT JOIN postlane_template_versions p ON p.template = v.template AND p.published = 1
     WHERE m.id IN (?) AND (JSON_CONTAINS(v.content, 'true', '$.confidential') OR JSON_CONTAINS(p.content, 'true', '$.confidential'))`,
    [[...ids]],
  );
  return new Set(rows?.map(({ id }) => id));
}
