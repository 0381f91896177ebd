import { v7 as uuid } from 'uuid';
import type { AccountsContext } from './context.ts';
import { failuresKeptMs } from './lockout-rule.ts';
import { isOver, rememberedMs } from './session-rule.ts';
import { type Account, findAccount } from './store/accounts.ts';
import { forgetFailures } from './store/failures.ts';
import {
  endSessions,
  findSession,
  forgetSessions,
  insertSession,
  type Session,
  touchSession,
} from './store/sessions.ts';
import { forgetTickets } from './store/tickets.ts';
import { hashOf, newToken } from './tokens.ts';
import { recordAccount } from './trail.ts';

/** How exactly it is known when a session was last used, in ms: each request would be a write. */
const seenEveryMs = 60_000;

/** Begins a session, always with a new token, and returns the token. */
export async function startSession(
  context: AccountsContext,
  account: Account,
  browser: string,
): Promise<string> {
  const token = newToken();
  const session = {
    id: uuid(),
    accountId: account.id,
    browser: browser.slice(0, 200),
    createdAt: context.now(),
  };
  await insertSession(context.db, session, hashOf(token));
  await touchSession(context.db, session, session.createdAt);
  await context.mail.audit.record({
    by: account.id,
    action: 'session.start',
    subject: `account:${account.id}`,
    before: null,
    after: { browser: session.browser },
  });
  await forgetOld(context);
  return token;
}

/** Whose session a token is; `over` when it was one, and null when it never was. */
export async function recognise(
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

/** Ends one session of an account by its id, or all of them. Somebody else's is left alone. */
export async function signOut(context: AccountsContext, accountId: string, which: string): Promise<void> {
  await context.db.transaction(async trx => {
    const ended = await endSessions(trx, accountId, context.now(), which === 'all' ? {} : { only: which });
    if (ended === 0) return;
    await recordAccount(
      context,
      trx,
      'session.end',
      accountId,
      accountId,
      { sessions: ended },
      { sessions: 0 },
    );
  });
}

// Signing in is rare enough to sweep, and needs no job for it.
async function forgetOld({ db, now }: AccountsContext): Promise<void> {
  const ago = (ms: number) => new Date(now().getTime() - ms);
  await forgetSessions(db, ago(rememberedMs));
  await forgetTickets(db, ago(rememberedMs));
  await forgetFailures(db, ago(failuresKeptMs));
}
