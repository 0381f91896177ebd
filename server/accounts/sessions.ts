import { v7 as uuid } from 'uuid';
import { changeAccounts } from './account-changes.ts';
import type { AccountsContext } from './context.ts';
import { failuresKeptMs } from './lockout.ts';
import { hashOf, newToken } from './secrets.ts';
import { type Account, findAccount } from './store/accounts-store.ts';
import { deleteFailures } from './store/failures-store.ts';
import { deleteTokens } from './store/one-time-tokens-store.ts';
import {
  deleteSessions,
  endSessions,
  findSession,
  insertSession,
  type Session,
  touchSession,
} from './store/sessions-store.ts';

const hourMs = 3_600_000;

/** A session ends after this long without a request, in ms. */
export const idleMs = hourMs / 2;

/** A session ends this long after signing in, whatever happens, in ms. */
export const absoluteMs = 12 * hourMs;

/** How long an ended session is remembered, so that its owner can be told, in ms. */
export const rememberedMs = 30 * 24 * hourMs;

/** How exactly it is known when a session was last used, in ms: each request would be a write. */
const seenEveryMs = 60_000;

/** Begins a session, always with a new token, and returns the token. */
export async function startSession(
  context: AccountsContext,
  account: Account,
  { browser, address }: { browser: string; address: string },
): Promise<string> {
  const token = newToken();
  const session = {
    id: uuid(),
    accountId: account.id,
    browser: browser.slice(0, 200),
    address: address.slice(0, 64),
    createdAt: context.now(),
  };
  await insertSession(context.db, session, hashOf(token));
  await touchSession(context.db, session, session.createdAt);
  await changeAccounts(context, (_trx, record) =>
    record({
      ...{ action: 'session.start', accountId: account.id, by: account.id },
      after: { browser: session.browser, address: session.address },
    }),
  );
  await deleteOld(context);
  return token;
}

/** Whose session a token is; `over` when it was one, null when it never was. */
export async function recogniseSession(
  context: AccountsContext,
  token: string,
): Promise<{ account: Account; session: Session } | 'over' | null> {
  const session = await findSession(context.db, hashOf(token));
  if (!session) return null;
  const now = context.now();
  const account = isOver(session, now) ? null : await findAccount(context.db, session.accountId);
  if (!account || account.disabledAt) return 'over';
  if (now.getTime() - session.seenAt.getTime() >= seenEveryMs) await touchSession(context.db, session, now);
  return { account, session };
}

/** Ends one session of an account by its id, or all of them. Another account's is left alone. */
export async function signOut(context: AccountsContext, accountId: string, which: string): Promise<void> {
  await changeAccounts(context, async (trx, record) => {
    const ended = await endSessions(trx, accountId, context.now(), which === 'all' ? {} : { only: which });
    if (ended === 0) return;
    const counts = { before: { sessions: ended }, after: { sessions: 0 } };
    await record({ action: 'session.end', accountId, by: accountId, ...counts });
  });
}

// People sign in seldom enough to delete old rows then, without a job for it.
async function deleteOld({ db, now }: AccountsContext): Promise<void> {
  const ago = (ms: number) => new Date(now().getTime() - ms);
  await deleteSessions(db, ago(rememberedMs));
  await deleteTokens(db, ago(rememberedMs));
  await deleteFailures(db, ago(failuresKeptMs));
}

/** True for a session that may no longer be used. */
export function isOver(session: { createdAt: Date; seenAt: Date; endedAt: Date | null }, now: Date): boolean {
  const { createdAt, seenAt, endedAt } = session;
  return (
    endedAt !== null ||
    now.getTime() - seenAt.getTime() >= idleMs ||
    now.getTime() - createdAt.getTime() >= absoluteMs
  );
}
