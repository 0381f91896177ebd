import type { Response } from 'express';
import type { Show } from '../../admin/views.ts';

/** What the sign-in page says beside its fields. */
export interface SignInPage {
  /** Where to go afterwards, relative to the first page. */
  back: string;
  status?: number;
  email?: string;
  /** Why it did not work. */
  problem?: string;
  /** Nobody has an account yet. */
  unclaimed?: boolean;
  /** A session is over. */
  ended?: boolean;
  /** A form was sent without a session: nothing was changed. */
  interrupted?: boolean;
  /** What that form held. */
  typed?: readonly { name: string; value: string }[];
}

/** Answers with the sign-in page. */
export function showSignIn(response: Response, show: Show, page: SignInPage): void {
  const { status = 200, ...data } = page;
  const empty = { email: '', problem: null, unclaimed: false, ended: false, interrupted: false, typed: [] };
  show(response, 'sign-in/sign-in', { ...empty, ...data }, status);
}
