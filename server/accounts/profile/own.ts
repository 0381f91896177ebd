import type { RequestHandler, Response } from 'express';
import { sessionOf } from '../../admin/access/session.ts';
import { notFound } from '../../admin/page-error.ts';
import type { AccountsContext } from '../context.ts';
import { type Account, findAccount } from '../store/accounts.ts';

/** Lets through who has an account here: a host's people, and the developer of an open app, have none. */
export function ownAccount({ db }: AccountsContext): RequestHandler {
  return async (_request, response, next) => {
    const { person, sessionId } = sessionOf(response);
    const account = person && sessionId ? await findAccount(db, person.id) : null;
    if (!account) throw notFound('You have no account here.');
    response.locals.account = account;
    next();
  };
}

/** The account that {@link ownAccount} found. */
export function accountOf(response: Response): Account {
  return response.locals.account as Account;
}

/** The id of the session that this request belongs to. */
export function ownSessionId(response: Response): string {
  return sessionOf(response).sessionId ?? '';
}
