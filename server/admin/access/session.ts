import type { Request, RequestHandler, Response } from 'express';
import { type Person, personOf } from '../person.ts';
import type { Directory } from './directory.ts';

/** Who a request comes from. */
export interface CurrentSession {
  person: Person | null;
  /** True when people sign in with accounts of ours; else the host decides. */
  accounts: boolean;
  /** What forms are bound to beside the browser: the session, or the person; empty for nobody. */
  binding: string;
  /** True when the request carried a session that is over. */
  ended?: boolean;
  /** True when the host knows who it is and lets them not use the pages. */
  forbidden?: boolean;
  /** The account's session, where accounts are in use. */
  sessionId?: string;
  /** When the password was last typed in this session, where accounts are in use. */
  confirmedAt?: Date;
  /** True when the account has to set up its second step before anything else is open to it. */
  owesSecondStep?: boolean;
  /** A line for every page, such as how to close it. */
  hint?: string;
}

/** Recognises who sends a request, and keeps that for the handlers and the views. */
export function recognise(
  identify: (request: Request) => Promise<CurrentSession>,
  directory: Directory,
): RequestHandler {
  return async (request, response, next) => {
    const session = await identify(request);
    response.locals.session = session;
    response.locals.directory = directory;
    if (session.person) response.locals.person = session.person;
    next();
  };
}

/** The session that {@link recognise} found; nobody's before that. */
export function sessionOf(response: Pick<Response, 'locals'>): CurrentSession {
  return (
    (response.locals.session as CurrentSession | undefined) ?? { person: null, accounts: false, binding: '' }
  );
}

/** Names and addresses of the people who use this app. */
export function directoryOf(response: Response): Directory {
  return response.locals.directory as Directory;
}

/** `GET session`, for scripts: who is signed in, and the token for `X-CSRF-Token`, which changes with the session. */
export const sessionEndpoint: RequestHandler = (_request, response) => {
  response.json({ person: personOf(response), csrf: response.locals.csrf });
};
