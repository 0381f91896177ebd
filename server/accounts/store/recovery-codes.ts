import type { Knex } from 'knex';
import { utc } from './utc.ts';

/** Puts these codes in place of an account's former ones; none takes them away. */
export async function replaceRecoveryCodes(
  trx: Knex,
  accountId: string,
  hashes: readonly string[],
): Promise<void> {
  await trx('postlane_account_recovery_codes').where({ account_id: accountId }).delete();
  if (hashes.length === 0) return;
  await trx('postlane_account_recovery_codes').insert(
    hashes.map(hash => ({ account_id: accountId, code_hash: hash })),
  );
}

/** Uses up a code; false when there is none such, or it was used before. */
export async function takeRecoveryCode(
  db: Knex,
  accountId: string,
  hash: string,
  now: Date,
): Promise<boolean> {
  const taken = await db('postlane_account_recovery_codes')
    .where({ account_id: accountId, code_hash: hash, used_at: null })
    .update({ used_at: utc(now) });
  return taken === 1;
}

/** How many codes are left. */
export async function countRecoveryCodes(db: Knex, accountId: string): Promise<number> {
  const [row] = await db('postlane_account_recovery_codes')
    .where({ account_id: accountId, used_at: null })
    .count({ count: '*' });
  return Number(row?.count ?? 0);
}
