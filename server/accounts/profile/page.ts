import type { Response } from 'express';
import { PageError } from '../../admin/page-error.ts';
import type { Show } from '../../admin/views.ts';
import type { AccountsContext } from '../context.ts';
import { longestPassword, shortestPassword } from '../password-rules.ts';
import { isOver } from '../session-rule.ts';
import { countRecoveryCodes } from '../store/recovery-codes.ts';
import { listSessions } from '../store/sessions.ts';
import { accountOf, ownSessionId } from './own.ts';

/** The profile page of one app. */
export interface ProfilePage {
  show(response: Response): Promise<void>;
  /** Does what a form of the page asks for, or shows the page again with what is wrong beside that form. */
  orSay(response: Response, form: 'password' | 'second-step', work: () => Promise<void>): Promise<void>;
}

/** The profile as a page, also when a form on it was refused. */
export function profilePage({ db, now }: AccountsContext, show: Show): ProfilePage {
  const answer = async (
    response: Response,
    problem = { form: '', text: '' },
    status = 200,
  ): Promise<void> => {
    const account = accountOf(response);
    const [sessions, codesLeft] = await Promise.all([
      listSessions(db, account.id),
      countRecoveryCodes(db, account.id),
    ]);
    const data = {
      account,
      problem,
      codesLeft,
      secondStep: account.totpSecret !== null,
      sessions: sessions
        .filter(session => !isOver(session, now()))
        .map(session => ({ session, own: session.id === ownSessionId(response) })),
      shortestPassword,
      longestPassword,
    };
    show(response, 'profile/show', data, status);
  };
  return {
    show: response => answer(response),
    async orSay(response, form, work) {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof PageError)) throw error;
        await answer(response, { form, text: error.message }, error.status);
      }
    },
  };
}
