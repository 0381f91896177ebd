import { Router } from 'express';
import type { Db } from '../../db/connect.ts';
import type { Access } from '../admin/access/access.ts';
import type { CurrentSession } from '../admin/access/session.ts';
import type { Config } from '../config.ts';
import type { Mail } from '../mail/index.ts';
import { browsersOf } from './browsers.ts';
import { type AccountSettings, accountsContext } from './context.ts';
import { accountDirectory } from './directory.ts';
import { forgottenRouter } from './forgotten-router.ts';
import { invitationRouter } from './invitation-router.ts';
import { developerAt } from './pages-access.ts';
import { profileRouter } from './profile/router.ts';
import { recognise } from './sessions.ts';
import { showSignIn } from './sign-in-page.ts';
import { signInRouter } from './sign-in-router.ts';
import { viewSources } from './sources.ts';
import { userRouter } from './users/router.ts';

/** What a stand-alone server says about its accounts, and when the pages are open without one. */
export interface AccountAccessSettings extends AccountSettings {
  pagesAccess: Config['pagesAccess'];
}

/** Access by accounts of our own, kept in `db`, for a server that stands alone. */
export function accountAccess(mail: Mail, db: Db, settings: AccountAccessSettings): Access {
  const context = accountsContext(mail, db, settings);
  const browsers = browsersOf(context);

  return {
    async identify(request): Promise<CurrentSession> {
      const token = browsers.tokenIn(request);
      const known = token ? await recognise(context, token) : null;
      if (known && known !== 'over') {
        const { account, session } = known;
        const { id, name, role } = account;
        return { person: { id, name, role }, accounts: true, binding: session.id, sessionId: session.id };
      }
      const person = await developerAt(context, settings.pagesAccess, request);
      if (person) return { person, accounts: true, binding: person.id, hint: openHint };
      return { person: null, accounts: true, binding: '', ended: known === 'over' };
    },
    accounts: {
      viewSources,
      directory: accountDirectory(db),
      publicRoutes: (show, check) =>
        Router().use(
          signInRouter(context, browsers, show, check),
          forgottenRouter(context, show, check),
          invitationRouter(context, browsers, show, check),
        ),
      routes: show =>
        Router()
          .use('/users', userRouter(context, show))
          .use('/profile', profileRouter(context, browsers, show)),
      showInterrupted(response, show, { back, ended, fields }) {
        showSignIn(response, show, { back, ended, interrupted: true, typed: fields, status: 401 });
      },
    },
  };
}

const openHint =
  'Anyone on this machine can use these pages. To require signing in, invite the first admin under Users.';
