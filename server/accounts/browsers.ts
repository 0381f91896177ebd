import type { Request, Response } from 'express';
import { ownCookie } from '../admin/access/cookies.ts';
import { browserName } from './browser-name.ts';
import type { AccountsContext } from './context.ts';
import { startSession } from './sessions.ts';
import type { Account } from './store/accounts.ts';
import { newToken } from './tokens.ts';

/** What browsers keep for us: the token of their session, and that somebody has signed in there. */
export interface Browsers {
  /** The token of the session that a request belongs to. */
  tokenIn(request: Request): string | undefined;
  /** Begins a session, always with a new token, and remembers the browser. */
  begin(response: Response, account: Account): Promise<void>;
  /** Takes the token away. */
  leave(response: Response): void;
  /**
   * A name for a browser where this account has signed in before; null for any other. Tries at such a browser are counted
   * apart: a stranger who guesses cannot shut the account's owner out there.
   */
  knownAs(request: Request, accountId: string): string | null;
}

const knownMs = 180 * 24 * 3_600_000;

/** Keeps both in cookies for the pages alone. */
export function browsersOf(context: AccountsContext): Browsers {
  const { seal, publicUrl } = context;
  const place = { publicUrl, path: new URL(publicUrl).pathname };
  const session = ownCookie('postlane-session', place);
  const known = ownCookie('postlane-known', { ...place, keptMs: knownMs });

  const knownAs = (request: Request, accountId: string): string | null => {
    const sealed = known.read(request);
    return sealed ? seal.open(sealed, ownerOf(accountId)) : null;
  };

  return {
    tokenIn: request => session.read(request),
    async begin(response, account) {
      const { req: request } = response;
      const token = await startSession(context, account, browserName(request.get('user-agent')));
      session.set(request, response, token);
      const name = knownAs(request, account.id) ?? newToken();
      known.set(request, response, seal.close(name, ownerOf(account.id)));
    },
    leave: response => session.clear(response.req, response),
    knownAs,
  };
}

function ownerOf(accountId: string): string {
  return `browser of ${accountId}`;
}
