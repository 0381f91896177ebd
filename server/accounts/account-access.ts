import { type Request, Router } from 'express';
import type { Access, Visit } from '../admin/access/visit.ts';
import type { Config } from '../config.ts';
import type { Mail } from '../mail/index.ts';
import { browsersOf } from './browsers.ts';
import { type AccessSettings, accessContext } from './context.ts';
import { forgottenRouter } from './forgotten-router.ts';
import { invitationRouter } from './invitation-router.ts';
import { developerAt } from './pages-access.ts';
import { profileRouter } from './profile/router.ts';
import { recognise } from './sessions.ts';
import { signInRouter } from './sign-in-router.ts';
import { userRouter } from './users/router.ts';

/** Settings of accounts, and when the pages are open without one. */
export interface AccountSettings extends AccessSettings {
  pagesAccess: Config['pagesAccess'];
}

/** Access by accounts of our own, for a server that stands alone. */
export function accountAccess(mail: Mail, settings: AccountSettings): Access {
  const context = accessContext(mail, settings);
  const browsers = browsersOf(context);

  const visit = async (request: Request): Promise<Visit> => {
    const token = browsers.tokenIn(request);
    const known = token ? await recognise(context, token) : null;
    if (known && known !== 'over') {
      const { id, name, role } = known.account;
      return {
        person: { id, name, role },
        accounts: true,
        binding: known.session.id,
        sessionId: known.session.id,
      };
    }
    const person = await developerAt(context, settings.pagesAccess, request);
    if (person) return { person, accounts: true, binding: person.id, hint: openHint };
    return { person: null, accounts: true, binding: '', ended: known === 'over' };
  };

  return {
    visit,
    doors: (show, check) =>
      Router().use(
        signInRouter(context, browsers, show, check),
        forgottenRouter(context, show, check),
        invitationRouter(context, browsers, show, check),
      ),
    pages: show =>
      Router()
        .use('/users', userRouter(context, show))
        .use('/profile', profileRouter(context, browsers, show)),
  };
}

const openHint =
  'These pages are open to everybody at this machine. Invite the first admin under Users, and signing in is required.';
