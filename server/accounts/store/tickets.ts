import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AccountTokensRow } from '../../../db/rows.ts';
import { utc } from './utc.ts';

/** What a ticket is good for: to come for the first time, to set a new password, to go on to the second step. */
export type Purpose = 'invitation' | 'password' | 'code';

const token = columns<Known<AccountTokensRow, { purpose: Purpose }>>()('postlane_account_tokens', [
  'accountId',
  'purpose',
  'expiresAt',
  'usedAt',
]);

/** Something that counts once, for a while. Its token is with its holder. */
export type Ticket = Selected<typeof token>;

/** Keeps a ticket. */
export async function insertTicket(
  trx: Knex,
  ticket: Omit<Ticket, 'usedAt'>,
  tokenHash: string,
  now: Date,
): Promise<void> {
  await trx('postlane_account_tokens').insert({
    token_hash: tokenHash,
    account_id: ticket.accountId,
    purpose: ticket.purpose,
    created_at: utc(now),
    expires_at: utc(ticket.expiresAt),
  });
}

/** The ticket of a token, good or not, or null. */
export async function findTicket(db: Knex, tokenHash: string): Promise<Ticket | null> {
  const row = await db('postlane_account_tokens')
    .select(token.aliases)
    .where({ token_hash: tokenHash })
    .first();
  return row ?? null;
}

/** Uses a ticket up; false when it was used before or has expired. */
export async function takeTicket(trx: Knex, tokenHash: string, now: Date): Promise<boolean> {
  const taken = await trx('postlane_account_tokens')
    .where({ token_hash: tokenHash, used_at: null })
    .where('expires_at', '>', utc(now))
    .update({ used_at: utc(now) });
  return taken === 1;
}

/** Makes the open tickets of an account void: all of them, or those for some purposes. */
export async function voidTickets(
  trx: Knex,
  accountId: string,
  now: Date,
  purposes?: readonly Purpose[],
): Promise<void> {
  const query = trx('postlane_account_tokens').where({ account_id: accountId, used_at: null });
  if (purposes) query.whereIn('purpose', purposes);
  await query.update({ used_at: utc(now) });
}

/** When the open invitations of accounts expire, by account. */
export async function openInvitations(db: Db, now: Date): Promise<Map<string, Date>> {
  const rows = await db('postlane_account_tokens')
    .select('account_id', 'expires_at')
    .where({ purpose: 'invitation', used_at: null })
    .where('expires_at', '>', utc(now));
  return new Map(rows.map(({ account_id, expires_at }) => [account_id, expires_at]));
}

/** Forgets what expired before this moment, some at a time. */
export async function forgetTickets(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_account_tokens WHERE expires_at < ? LIMIT 200', [utc(before)]);
}
