import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import type { AttachmentFile } from '../providers/transport.ts';
import type { SendRequest } from '../sending/request.ts';
import { addMs, utc } from '../shared/time.ts';

/** A file used this recently needs no new timestamp: a purge looks for files unused for weeks. */
const markedForMs = 24 * 3_600_000;

/** Stores files once by their hash and attaches them to a message. */
export async function attachFiles(
  trx: Knex,
  messageId: string,
  files: SendRequest['attachments'],
  now: Date,
): Promise<void> {
  if (files.length === 0) return;
  const hashed = files.map(file => ({
    ...file,
    hash: createHash('sha256').update(file.content).digest('hex'),
  }));
  const marked = await markedFiles(
    trx,
    hashed.map(({ hash }) => hash),
    addMs(now, -markedForMs),
  );
  for (const { hash, content } of hashed) {
    // Neither sent again nor locked: transactions that attach the same file do not wait for each other.
    if (marked.has(hash)) continue;
    // An existing row is updated, and so locked until commit: a purge cannot delete it meanwhile.
    await trx.raw(
      `INSERT INTO postlane_attachments (hash, size, content, used_at) VALUES (?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE used_at = GREATEST(used_at, VALUES(used_at))`,
      [hash, content.length, content, utc(now)],
    );
  }
  await trx('postlane_message_attachments').insert(
    hashed.map(({ hash, name, contentType, contentId }, position) => ({
      message_id: messageId,
      position,
      hash,
      name,
      content_type: contentType,
      content_id: contentId,
    })),
  );
}

async function markedFiles(trx: Knex, hashes: readonly string[], since: Date): Promise<Set<string>> {
  const rows: { hash: string }[] = await trx('postlane_attachments')
    .select('hash')
    .whereIn('hash', [...hashes])
    .where('used_at', '>', utc(since));
  return new Set(rows.map(({ hash }) => hash));
}

/** Attaches the files of one message to another, which is new. */
export async function copyAttachments(
  trx: Knex,
  { from, to }: { from: string; to: string },
  now: Date,
): Promise<void> {
  // Touched first, for the same reason.
  await trx.raw(
    `UPDATE postlane_attachments a JOIN postlane_message_attachments f ON f.hash = a.hash AND f.message_id = ?
     SET a.used_at = GREATEST(a.used_at, ?)`,
    [from, utc(now)],
  );
  await trx.raw(
    `INSERT INTO postlane_message_attachments (message_id, position, hash, name, content_type, content_id)
     SELECT ?, position, hash, name, content_type, content_id FROM postlane_message_attachments WHERE message_id = ?`,
    [to, from],
  );
}

/** The files of these messages, by message. */
export async function readFiles(
  db: Db,
  messageIds: readonly string[],
): Promise<Map<string, AttachmentFile[]>> {
  const files = new Map<string, AttachmentFile[]>();
  if (messageIds.length === 0) return files;
  const rows = await db('postlane_message_attachments as f')
    .join('postlane_attachments as a', 'a.hash', 'f.hash')
    .select('f.message_id', 'f.name', 'f.content_type', 'f.content_id', 'a.content')
    .whereIn('f.message_id', [...messageIds])
    .orderBy(['f.message_id', 'f.position']);
  for (const row of rows) {
    const file: AttachmentFile = { name: row.name, contentType: row.content_type, content: row.content };
    if (row.content_id) file.contentId = row.content_id;
    const list = files.get(row.message_id);
    if (list) list.push(file);
    else files.set(row.message_id, [file]);
  }
  return files;
}
