/**
 * Sign-in of the stand-alone server, on our own tables: no library keeps a change, its sessions and its audit entry in one
 * transaction of ours (better-auth, 26 MB with Kysely, was weighed; TOTP and request rates are libraries' work).
 */
import path from 'node:path';
import { Router } from 'express';
import type { Db } from '../../db/connect.ts';
import type { Access } from '../admin/access/access.ts';
import type { CurrentSession } from '../admin/access/session.ts';
import type { Config } from '../config/index.ts';
import { type Mail, packageRoot } from '../mail/index.ts';
import { browserCookies } from './browser-cookies.ts';
import { requireConfirmation } from './confirmation.ts';
import { type AccountSettings, accountsContext } from './context.ts';
import { developerAt } from './open-access.ts';
import { accountErrorPages } from './page-errors.ts';
import { profileRouter } from './profile/router.ts';
import { handleRoleRequests } from './role-requests.ts';
import { owesSecondStep, requireSecondStep } from './second-step.ts';
import { recogniseSession } from './sessions.ts';
import { showSignIn } from './sign-in/page.ts';
import { passwordLinkRouter } from './sign-in/password-link-router.ts';
import { signInRouter } from './sign-in/router.ts';
import { accountNames, activeAccounts, findAccount, findAccountByEmail } from './store/accounts-store.ts';
import { userRouter } from './users/router.ts';

// A build under dist/ reads the views from the sources too.
const viewSources = path.join(packageRoot, 'server/accounts');

/** What a stand-alone server says about its accounts, and when the pages are open without one. */
export interface AccountAccessSettings extends AccountSettings {
  pagesAccess: Config['pagesAccess'];
}

/** Access by accounts of our own, kept in `db`, for a server that stands alone. */
export function accountAccess(mail: Mail, db: Db, settings: AccountAccessSettings): Access {
  const context = accountsContext(mail, db, settings);
  const cookies = browserCookies(context);
  handleRoleRequests(context);

  return {
    async identify(request): Promise<CurrentSession> {
      const token = cookies.sessionToken(request);
      const known = token ? await recogniseSession(context, token) : null;
      if (known && known !== 'over') {
        const { account, session } = known;
        const { id, name, role } = account;
        const common = { person: { id, name, role }, accounts: true, binding: session.id };
        const { confirmedAt } = session;
        return {
          ...common,
          sessionId: session.id,
          confirmedAt: confirmedAt ?? session.createdAt,
          owesSecondStep: owesSecondStep(context, account),
        };
      }
      const person = await developerAt(context, settings.pagesAccess, request);
      if (person) return { person, accounts: true, binding: person.id, hint: openHint };
      return { person: null, accounts: true, binding: '', ended: known === 'over' };
    },
    accounts: {
      viewSources,
      directory: {
        names: ids => accountNames(db, ids),
        idOf: async email => (await findAccountByEmail(db, email))?.id ?? null,
        async canSignIn(email) {
          const account = await findAccountByEmail(db, email);
          return account !== null && account.password !== null && account.disabledAt === null;
        },
        emailOf: async id => (await findAccount(db, id))?.email ?? null,
        people: () => activeAccounts(db),
      },
      publicRoutes: (show, check) =>
        Router().use(
          signInRouter(context, cookies, show, check),
          passwordLinkRouter(context, cookies, show, check),
          accountErrorPages,
        ),
      gate: requireSecondStep,
      routes: show =>
        Router()
          .use('/users', requireConfirmation(context), userRouter(context, show))
          .use('/profile', profileRouter(context, cookies, show))
          .use(accountErrorPages),
      showInterrupted(response, show, { back, ended, fields }) {
        showSignIn(response, show, { back, ended, interrupted: true, typed: fields, status: 401 });
      },
    },
  };
}

const openHint =
  'Anyone on this machine can use these pages. To require signing in, invite the first admin under Users.';
