import type { Db } from '../../../db/connect.ts';
import { metadataOf } from './views-store.ts';

/** A message that may be meant, with what tells. */
export interface TrackedCandidate {
  id: string;
  recipient: string;
  metadata: Readonly<Record<string, string>>;
}

/** What a message is looked for by: its id, or one of these values under a name whose case does not count. */
export interface Tracking {
  id: string;
  /** In lower case. */
  name: string;
  values: readonly string[];
}

/** Messages with this id or these values; `more` when there are more than `most`. */
export async function trackedCandidates(
  db: Db,
  { id, name, values }: Tracking,
  most: number,
): Promise<{ messages: TrackedCandidate[]; more: boolean }> {
  const names = await spellings(db, name);
  const tagged = names.length > 0 ? await messagesWith(db, names, values, most + 1) : [];
  const ids = [...new Set([id, ...tagged.slice(0, most)])];
  const [rows, metadata] = await Promise.all([
    db('postlane_messages').select('id', 'recipient').whereIn('id', ids),
    metadataOf(db, ids),
  ]);
  const messages = rows.map(row => ({ ...row, metadata: metadata.get(row.id) ?? {} }));
  return { messages, more: tagged.length > most };
}

/** How callers write a name: one seek of the index for each name that begins alike, however many messages have it. */
async function spellings(db: Db, name: string): Promise<string[]> {
  const start = name.slice(0, 2);
  const [first = '', second = ''] = start;
  const starts = [first, first.toUpperCase()].flatMap(a => [`${a}${second}`, `${a}${second.toUpperCase()}`]);
  const [rows]: { name: string }[][] = await db.raw(
    `SELECT name FROM postlane_message_metadata FORCE INDEX (message_metadata_value)
     WHERE ${starts.map(() => 'name LIKE ?').join(' OR ')} GROUP BY name`,
    starts.map(one => `${one}%`),
  );
  return (rows ?? []).flatMap(row => (row.name.toLowerCase() === name ? row.name : []));
}

async function messagesWith(
  db: Db,
  names: readonly string[],
  values: readonly string[],
  limit: number,
): Promise<string[]> {
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT message_id AS id FROM postlane_message_metadata FORCE INDEX (message_metadata_value)
     WHERE name IN (?) AND value IN (?) LIMIT ?`,
    [[...names], [...values], limit],
  );
  return (rows ?? []).map(({ id }) => id);
}
