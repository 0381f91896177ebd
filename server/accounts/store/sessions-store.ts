import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AccountSessionsRow } from '../../../db/rows.ts';

const session = columns<AccountSessionsRow>()('postlane_account_sessions', [
  'id',
  'accountId',
  'browser',
  'createdAt',
  'seenAt',
  'endedAt',
  'address',
  'confirmedAt',
]);

/**
 * Somebody signed in at one browser; `browser` is what it calls itself, `address` the network address it came from, and
 * `confirmedAt` when the password was last typed: null for when it began.
 */
export type Session = Selected<typeof session>;

/** Begins a session; of its token only the hash is kept. */
export async function insertSession(
  trx: Db,
  {
    id,
    accountId,
    browser,
    address,
    createdAt,
  }: Pick<Session, 'id' | 'accountId' | 'browser' | 'address' | 'createdAt'>,
  tokenHash: string,
): Promise<void> {
  await trx('postlane_account_sessions').insert({
    id,
    account_id: accountId,
    browser,
    address,
    token_hash: tokenHash,
    created_at: createdAt,
    seen_at: createdAt,
  });
}

/** The session of a token, over or not, or null. */
export async function findSession(db: Db, tokenHash: string): Promise<Session | null> {
  return (
    (await db('postlane_account_sessions')
      .select(session.aliases)
      .where({ token_hash: tokenHash })
      .first()) ?? null
  );
}

/** The sessions of an account that nobody has ended, the latest first. */
export async function listSessions(db: Db, accountId: string): Promise<Session[]> {
  return db('postlane_account_sessions')
    .select(session.aliases)
    .where({ account_id: accountId, ended_at: null })
    .orderBy('seen_at', 'desc')
    .limit(50);
}

/** Notes that a session and its account were seen. */
export async function touchSession(
  db: Db,
  { id, accountId }: Pick<Session, 'id' | 'accountId'>,
  now: Date,
): Promise<void> {
  await db('postlane_account_sessions').where({ id }).update({ seen_at: now });
  await db('postlane_accounts').where({ id: accountId }).update({ seen_at: now });
}

/** Notes that the owner of a session has just typed the password. */
export async function confirmSession(db: Db, id: string, now: Date): Promise<void> {
  await db('postlane_account_sessions').where({ id }).update({ confirmed_at: now });
}

/** Ends one session of an account, or all of them, or all but one; how many that were. */
export async function endSessions(
  trx: Db,
  accountId: string,
  now: Date,
  which: { only?: string; except?: string } = {},
): Promise<number> {
  const query = trx('postlane_account_sessions').where({ account_id: accountId, ended_at: null });
  if (which.only !== undefined) query.where({ id: which.only });
  if (which.except !== undefined) query.whereNot({ id: which.except });
  return query.update({ ended_at: now });
}

/** Deletes what was last seen before this moment, some at a time. */
export async function deleteSessions(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_account_sessions WHERE seen_at < ? LIMIT 200', [before]);
}
