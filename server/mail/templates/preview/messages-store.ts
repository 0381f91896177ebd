import type { Db } from '../../../../db/connect.ts';

// A template that is published often has hundreds of versions; what is in use now was sent with the last of them.
const lastVersions = 20;

/** Ids of the newest messages of a template, newest first, whatever their version. */
export async function newestMessages(db: Db, template: string, limit: number): Promise<string[]> {
  const versions: number[] = await db('postlane_template_versions')
    .where({ template })
    .orderBy('version', 'desc')
    .limit(lastVersions)
    .pluck('id');
  if (versions.length === 0) return [];
  const [rows]: { id: string }[][] = await db.raw(...newestOfVersions(versions, limit));
  return (rows ?? []).map(({ id }) => id);
}

/**
 * The statement for the newest messages of some versions: of each its own newest, from the end of its stretch of the
 * index. One range over all of them would be sorted whole: seconds at millions of rows.
 */
function newestOfVersions(versions: readonly number[], limit: number): [sql: string, values: number[]] {
  const one = `(SELECT id FROM postlane_messages FORCE INDEX (messages_template_version)
    WHERE template_version_id = ? ORDER BY id DESC LIMIT ?)`;
  const sql = `${versions.map(() => one).join(' UNION ALL ')} ORDER BY id DESC LIMIT ?`;
  return [sql, [...versions.flatMap(version => [version, limit]), limit]];
}

/** The newest message of a template to an address, or null. */
export async function newestMessageTo(db: Db, template: string, recipient: string): Promise<string | null> {
  const row = await db('postlane_messages as m')
    .join('postlane_template_versions as t', 't.id', 'm.template_version_id')
    .select('m.id')
    .where({ 'm.recipient': recipient, 't.template': template })
    .orderBy('m.id', 'desc')
    .first();
  return row?.id ?? null;
}

/** The template that a message is of, or null. */
export async function templateOfMessage(db: Db, id: string): Promise<string | null> {
  const row = await db('postlane_messages as m')
    .join('postlane_template_versions as t', 't.id', 'm.template_version_id')
    .select('t.template')
    .where({ 'm.id': id })
    .first();
  return row?.template ?? null;
}
