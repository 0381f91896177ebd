import type { Response } from 'express';
import { sessionOf } from '../../admin/access/session.ts';
import type { Show } from '../../admin/views.ts';
import { sourceOf } from '../../request-source.ts';
import type { AccountsContext } from '../context.ts';
import { AccountError } from '../error.ts';
import { statusOf } from '../page-errors.ts';
import { longestPassword, shortestPassword } from '../passwords/rules.ts';
import { owesSecondStep, takesSecondStep } from '../second-step.ts';
import { isOver } from '../sessions.ts';
import type { Account } from '../store/accounts-store.ts';
import { countRecoveryCodes } from '../store/recovery-codes-store.ts';
import { listSessions } from '../store/sessions-store.ts';

/** The profile page of one app. */
export interface ProfilePage {
  show(response: Response): Promise<void>;
  /** Does what a form of the page asks for, or shows the page again with the problem beside that form. */
  orShowProblem(response: Response, form: ProfileForm, work: () => Promise<void>): Promise<void>;
}

/** A form of the page that can be refused. */
export type ProfileForm = 'password' | 'two-factor';

/** The profile as a page, also when a form on it was refused. */
export function profilePage(context: AccountsContext, show: Show): ProfilePage {
  const { db, now } = context;
  const render = async (
    response: Response,
    problem = { form: '', text: '' },
    status = 200,
  ): Promise<void> => {
    const account = accountOf(response);
    if (owesSecondStep(context, account)) {
      show(response, 'profile/second-step-owed', { account, problem: problem.text || null }, status);
      return;
    }
    const [sessions, codesLeft] = await Promise.all([
      listSessions(db, account.id),
      countRecoveryCodes(db, account.id),
    ]);
    const data = {
      account,
      problem,
      codesLeft,
      twoFactor: account.totpSecret !== null,
      required: takesSecondStep(context, account),
      sessions: sessions
        .filter(session => !isOver(session, now()))
        .map(session => ({ session, own: session.id === ownSessionId(response) })),
      shortestPassword,
      longestPassword,
    };
    show(response, 'profile/show', data, status);
  };
  return {
    show: response => render(response),
    async orShowProblem(response, form, work) {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof AccountError)) throw error;
        await recordWrongPassword(context, response, error, `profile/${form}`);
        await render(response, { form, text: error.message }, statusOf(error));
      }
    },
  };
}

/** Records that somebody who is signed in could not say the password. */
export async function recordWrongPassword(
  { mail }: AccountsContext,
  response: Response,
  { code }: AccountError,
  path: string,
): Promise<void> {
  if (code !== 'password-wrong' && code !== 'locked-out') return;
  const { id } = accountOf(response);
  const source = sourceOf(response.req, path);
  await mail.security.record({ kind: 'account.password-fail', ...source, accountId: id, by: id });
}

/** The account of the person who asks; every page of the profile has one. */
export function accountOf(response: Response): Account {
  return response.locals.account as Account;
}

/** The id of the session that this request belongs to. */
export function ownSessionId(response: Response): string {
  return sessionOf(response).sessionId ?? '';
}
