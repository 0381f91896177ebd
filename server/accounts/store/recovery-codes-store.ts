import type { Db } from '../../../db/connect.ts';

/** Replaces the codes of an account; none removes them. */
export async function replaceRecoveryCodes(
  trx: Db,
  accountId: string,
  hashes: readonly string[],
): Promise<void> {
  await trx('postlane_account_recovery_codes').where({ account_id: accountId }).delete();
  if (hashes.length === 0) return;
  await trx('postlane_account_recovery_codes').insert(
    hashes.map(hash => ({ account_id: accountId, code_hash: hash })),
  );
}

/** Uses up a code; false when there is no such code or it was used before. */
export async function useRecoveryCode(db: Db, accountId: string, hash: string, now: Date): Promise<boolean> {
  const taken = await db('postlane_account_recovery_codes')
    .where({ account_id: accountId, code_hash: hash, used_at: null })
    .update({ used_at: now });
  return taken === 1;
}

/** True for a code of this account, used up or not. */
export async function isRecoveryCode(db: Db, accountId: string, hash: string): Promise<boolean> {
  const where = { account_id: accountId, code_hash: hash };
  return (
    (await db('postlane_account_recovery_codes').select('account_id').where(where).first()) !== undefined
  );
}

/** How many codes are left. */
export async function countRecoveryCodes(db: Db, accountId: string): Promise<number> {
  const [row] = await db('postlane_account_recovery_codes')
    .where({ account_id: accountId, used_at: null })
    .count({ count: '*' });
  return Number(row?.count ?? 0);
}
