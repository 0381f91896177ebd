import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AccountTokensRow } from '../../../db/rows.ts';

/** What a token is good for: joining, setting a new password, going on to the second factor. */
export type Purpose = 'invitation' | 'password' | 'code';

const oneTimeToken = columns<Known<AccountTokensRow, { purpose: Purpose }>>()('postlane_account_tokens', [
  'accountId',
  'purpose',
  'expiresAt',
  'usedAt',
]);

/** A secret that counts once, for a while. Its holder alone has it; we have its hash. */
export type OneTimeToken = Selected<typeof oneTimeToken>;

/** Keeps a token by its hash. */
export async function insertToken(
  trx: Db,
  token: Omit<OneTimeToken, 'usedAt'>,
  tokenHash: string,
  now: Date,
): Promise<void> {
  await trx('postlane_account_tokens').insert({
    token_hash: tokenHash,
    account_id: token.accountId,
    purpose: token.purpose,
    created_at: now,
    expires_at: token.expiresAt,
  });
}

/** A token, good or not, or null. */
export async function findToken(db: Db, tokenHash: string): Promise<OneTimeToken | null> {
  const row = await db('postlane_account_tokens')
    .select(oneTimeToken.aliases)
    .where({ token_hash: tokenHash })
    .first();
  return row ?? null;
}

/** Uses a token up; false when it was used before or has expired. */
export async function useToken(trx: Db, tokenHash: string, now: Date): Promise<boolean> {
  const taken = await trx('postlane_account_tokens')
    .where({ token_hash: tokenHash, used_at: null })
    .where('expires_at', '>', now)
    .update({ used_at: now });
  return taken === 1;
}

/** Makes the open tokens of an account void: all of them, or those for some purposes. */
export async function voidTokens(
  trx: Db,
  accountId: string,
  now: Date,
  purposes?: readonly Purpose[],
): Promise<void> {
  const query = trx('postlane_account_tokens').where({ account_id: accountId, used_at: null });
  if (purposes) query.whereIn('purpose', purposes);
  await query.update({ used_at: now });
}

/** When the open invitations of accounts expire, by account. */
export async function openInvitations(db: Db, now: Date): Promise<Map<string, Date>> {
  const rows = await db('postlane_account_tokens')
    .select('account_id', 'expires_at')
    .where({ purpose: 'invitation', used_at: null })
    .where('expires_at', '>', now);
  return new Map(rows.map(({ account_id, expires_at }) => [account_id, expires_at]));
}

/** Deletes what expired before this moment, some at a time. */
export async function deleteTokens(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_account_tokens WHERE expires_at < ? LIMIT 200', [before]);
}
