import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { Show } from '../views.ts';
import type { Directory } from './directory.ts';
import type { CurrentSession } from './session.ts';

/** Who may use the pages, and how they sign in: the host decides, or accounts of our own do. */
export interface Access {
  identify(request: Request): Promise<CurrentSession>;
  /** Does what {@link Access.identify} needs done on the host's own request; never rejects. */
  prepare?(request: IncomingMessage): Promise<void>;
  /** Sends people who are not signed in to where they can sign in, where accounts are not ours. */
  askToSignIn?: RequestHandler;
  /** What is there when people sign in with accounts of ours. */
  accounts?: AccountPages;
}

/** Pages to sign in by, and about accounts. */
export interface AccountPages {
  /** Folder whose resources have the views of these pages. */
  viewSources: string;
  directory: Directory;
  /** Pages for those who are not signed in yet; `check` refuses forged forms. */
  publicRoutes(show: Show, check: RequestHandler): Router;
  /** Keeps people who are signed in from everything else while there is something they have to do first. */
  gate: RequestHandler;
  /** Pages for those who are. */
  routes(show: Show): Router;
  /** Answers a form that was sent without a session: sign in, then go on. */
  showInterrupted(response: Response, show: Show, form: InterruptedForm): void;
}

/** A form that was sent without a session. */
export interface InterruptedForm {
  /** The page to go back to, relative to the first page. */
  back: string;
  /** Whether there had been a session. */
  ended: boolean;
  /** What its fields held, secrets aside. */
  fields: readonly { name: string; value: string }[];
}
