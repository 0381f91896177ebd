import type { Knex } from 'knex';
import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { WebhookPasswordsRow } from '../../../db/rows.ts';
import { utc } from '../shared/time.ts';

const password = columns<WebhookPasswordsRow>()('postlane_webhook_passwords', [
  'id',
  'user',
  'createdAt',
  'createdBy',
  'usedAt',
]);

/** A password of the webhook, without the password; `usedAt`: when a report last came in with it, to two minutes. */
export type WebhookPassword = Selected<typeof password>;

/** What is kept of a password to know it by: 64 hexadecimal digits. */
export type WebhookHash = Pick<WebhookPasswordsRow, 'id' | 'hash'>;

/** Stores the hash of a new one; its id. */
export async function insertWebhookPassword(
  trx: Knex,
  { user, hash, createdBy }: { user: string; hash: string; createdBy: string },
  now: Date,
): Promise<number> {
  const row = { user, hash, created_at: utc(now), created_by: createdBy };
  const [id] = await trx('postlane_webhook_passwords').insert(row);
  return Number(id);
}

/** All of them, the newest first. */
export async function listWebhookPasswords(db: Knex): Promise<WebhookPassword[]> {
  return db('postlane_webhook_passwords').select(password.aliases).orderBy('id', 'desc');
}

/** All of them, to be changed by nobody else until the transaction ends: there is a most and a least of them. */
export async function lockWebhookPasswords(trx: Knex): Promise<WebhookPassword[]> {
  return trx('postlane_webhook_passwords').select(password.aliases).forUpdate();
}

/** The hashes that are accepted. */
export async function webhookHashes(db: Db): Promise<WebhookHash[]> {
  return db('postlane_webhook_passwords').select('id', 'hash');
}

/** Takes one away. */
export async function deleteWebhookPassword(trx: Knex, id: number): Promise<void> {
  await trx('postlane_webhook_passwords').where({ id }).delete();
}

/** Notes that one was used, unless that was noted after `notSince`, by whichever process. */
export async function markWebhookPasswordUsed(
  db: Db,
  id: number,
  { now, notSince }: { now: Date; notSince: Date },
): Promise<void> {
  await db('postlane_webhook_passwords')
    .where({ id })
    .where(row => row.whereNull('used_at').orWhere('used_at', '<=', utc(notSince)))
    .update({ used_at: utc(now) });
}
