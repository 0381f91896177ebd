import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { utc } from './utc.ts';

/** Somebody signed in at one browser. */
export interface Session {
  id: string;
  accountId: string;
  /** What the browser calls itself. */
  browser: string;
  createdAt: Date;
  seenAt: Date;
  endedAt: Date | null;
}

const columns = {
  id: 'id',
  accountId: 'account_id',
  browser: 'browser',
  createdAt: 'created_at',
  seenAt: 'seen_at',
  endedAt: 'ended_at',
} as const satisfies Record<keyof Session, string>;

/** Begins a session; of its token only the hash is kept. */
export async function insertSession(
  trx: Knex,
  session: Pick<Session, 'id' | 'accountId' | 'browser' | 'createdAt'>,
  tokenHash: string,
): Promise<void> {
  await trx('postlane_account_sessions').insert({
    id: session.id,
    account_id: session.accountId,
    browser: session.browser,
    token_hash: tokenHash,
    created_at: utc(session.createdAt),
    seen_at: utc(session.createdAt),
  });
}

/** The session of a token, over or not, or null. */
export async function findSession(db: Db, tokenHash: string): Promise<Session | null> {
  return (
    (await db('postlane_account_sessions').select(columns).where({ token_hash: tokenHash }).first()) ?? null
  );
}

/** The sessions of an account that nobody has ended, the latest first. */
export async function listSessions(db: Db, accountId: string): Promise<Session[]> {
  return db('postlane_account_sessions')
    .select(columns)
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
  await db('postlane_account_sessions')
    .where({ id })
    .update({ seen_at: utc(now) });
  await db('postlane_accounts')
    .where({ id: accountId })
    .update({ seen_at: utc(now) });
}

/** Ends one session of an account, or all of them, or all but one; how many that were. */
export async function endSessions(
  trx: Knex,
  accountId: string,
  now: Date,
  which: { only?: string; except?: string } = {},
): Promise<number> {
  const query = trx('postlane_account_sessions').where({ account_id: accountId, ended_at: null });
  if (which.only !== undefined) query.where({ id: which.only });
  if (which.except !== undefined) query.whereNot({ id: which.except });
  return query.update({ ended_at: utc(now) });
}

/** Forgets what was last seen before this moment, some at a time. */
export async function forgetSessions(db: Db, before: Date): Promise<void> {
  await db.raw('DELETE FROM postlane_account_sessions WHERE seen_at < ? LIMIT 200', [utc(before)]);
}
