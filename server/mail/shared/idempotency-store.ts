import type { Knex } from 'knex';
import { utc } from './time.ts';

/** A change under its key, and the hash of what was asked. */
export interface KeyClaim {
  scope: string;
  key: string;
  request: string;
}

/** Claims a key until the transaction ends; or what was asked and answered under it before. */
export async function claimKey(
  trx: Knex,
  { scope, key, request }: KeyClaim,
  now: Date,
): Promise<{ request: string; answer: unknown } | null> {
  const [result] = await trx.raw(
    'INSERT IGNORE INTO postlane_idempotency_keys (scope, idempotency_key, request, created_at) VALUES (?, ?, ?, ?)',
    [scope, key, request, utc(now)],
  );
  if (result.affectedRows > 0) return null;
  // In the caller's REPEATABLE READ transaction a plain read could miss the row that has just refused ours.
  const row = await trx('postlane_idempotency_keys')
    .select('request', 'answer')
    .where({ scope, idempotency_key: key })
    .forShare()
    .first();
  return row ? { request: row.request, answer: JSON.parse(row.answer ?? 'null') } : null;
}

/** Keeps what the change under a key came to. */
export async function keepAnswer(trx: Knex, { scope, key }: KeyClaim, answer: unknown): Promise<void> {
  await trx('postlane_idempotency_keys')
    .where({ scope, idempotency_key: key })
    .update({ answer: JSON.stringify(answer ?? null) });
}
