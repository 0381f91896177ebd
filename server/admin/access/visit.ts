import type { Request, RequestHandler, Response, Router } from 'express';
import type { Person } from '../person.ts';
import type { Show } from '../views.ts';

/** Who a request comes from. */
export interface Visit {
  person: Person | null;
  /** True when people come in by accounts of ours; else the host lets them in. */
  accounts: boolean;
  /** What forms are bound to beside the browser: the session, or the person; empty for nobody. */
  binding: string;
  /** True when a session came along that is over: somebody was at work here. */
  ended?: boolean;
  /** The account's session, where accounts are in use. */
  sessionId?: string;
  /** A line for every page, such as how to close it. */
  hint?: string;
}

/** Who may use the pages, and how they come in: the host decides, or our own accounts do. */
export interface Access {
  visit(request: Request, response: Response): Promise<Visit>;
  /** Pages for those who are not in yet; `check` refuses forged forms. */
  doors?(show: Show, check: RequestHandler): Router;
  /** Pages about accounts for those who are in. */
  pages?(show: Show): Router;
}

/** The visit that {@link keepVisit} kept; nobody's before that. */
export function visitOf(response: Response): Visit {
  return (response.locals.visit as Visit | undefined) ?? { person: null, accounts: false, binding: '' };
}

/** Keeps a visit for the handlers and the views. */
export function keepVisit(response: Response, visit: Visit): void {
  response.locals.visit = visit;
  if (visit.person) response.locals.person = visit.person;
}
