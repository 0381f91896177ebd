import type { Request, Response, Router } from 'express';
import { directoryOf } from '../../admin/access/session.ts';
import { waitingFor } from '../../admin/approvals/lines.ts';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { guardedRouter } from '../../admin/guarded-router.ts';
import { PageError } from '../../admin/page-error.ts';
import { isRole, mayAs, personOf } from '../../admin/person.ts';
import { isUuid } from '../../admin/uuid.ts';
import type { Show } from '../../admin/views.ts';
import { type AccountStatus, statusOfAccount } from '../account-status.ts';
import { changeRole, disableAccount, enableAccount, resetTwoFactor } from '../accounts.ts';
import type { AccountsContext } from '../context.ts';
import { AccountError, unknownAccount } from '../error.ts';
import { forms } from '../forms.ts';
import { invite } from '../invitations.ts';
import { linkMailProblem } from '../link-mail.ts';
import { type Link, mailLink, renewLink } from '../links.ts';
import { statusOf } from '../page-errors.ts';
import { hidesLinks, needsSecondPerson } from '../role-requests.ts';
import { type Account, findAccount, hasAccounts, listAccounts } from '../store/accounts-store.ts';
import { openInvitations } from '../store/one-time-tokens-store.ts';
import { listSessions } from '../store/sessions-store.ts';
import { askInstead } from './ask.ts';
import { roleChoices } from './roles.ts';

const perPage = 100;

/** Accounts, for admins: invite, change roles, disable, help people who lost password or phone. */
export function userRouter(context: AccountsContext, show: Show): Router {
  const { router, get, post } = guardedRouter();

  get('/', 'users.manage', async ({ query }, response) => {
    const cursor = typeof query.after === 'string' ? query.after : undefined;
    show(response, 'users/index', await listing(context, cursor));
  });

  get('/new', 'users.manage', async (_request, response) => {
    // The first has to be an admin, who can add the others.
    const role = (await hasAccounts(context.db)) ? 'editor' : 'admin';
    show(response, 'users/new', {
      email: '',
      name: '',
      role,
      roles: roleChoices,
      problem: null,
      asks: await needsSecondPerson(context),
    });
  });

  post('/', 'users.manage', forms.invitation, async (request, response) => {
    try {
      const by = personOf(response);
      if (await askInstead(context, response, { ...request.body, change: 'invite' })) return;
      const { account, link, again } = await invite(context, request.body, by.id);
      await showLink(response, account, link, again);
    } catch (error) {
      if (!(error instanceof AccountError)) throw error;
      const entered = {
        email: formField(request, 'email'),
        name: formField(request, 'name'),
        role: formField(request, 'role'),
      };
      show(
        response,
        'users/new',
        { ...entered, roles: roleChoices, problem: error.message, asks: await needsSecondPerson(context) },
        statusOf(error),
      );
    }
  });

  get('/:id', 'users.manage', async (request, response) => {
    const account = await accountAt(context, request);
    const invited = await openInvitations(context.db, context.now());
    show(response, 'users/show', {
      account,
      status: shownStatus(account, invited),
      invitedUntil: invited.get(account.id) ?? null,
      sessions: (await listSessions(context.db, account.id)).length,
      roles: roleChoices,
      twoFactor: account.totpSecret !== null,
      own: personOf(response).id === account.id,
      asks: await needsSecondPerson(context),
      waiting: await waitingFor(
        { mail: context.mail, directory: directoryOf(response) },
        `account:${account.id}`,
      ),
    });
  });

  post('/:id/role', 'users.manage', forms.role, async (request, response) => {
    const before = await accountAt(context, request);
    const { id } = before;
    const role = formField(request, 'role');
    if (!isRole(role)) throw new PageError(422, 'Not changed', 'There is no such role.');
    if (before.role !== role && (await askInstead(context, response, { change: 'role', id, role }))) return;
    const { name } = await changeRole(context, id, role, personOf(response).id);
    const raised = !mayAs(before, role) ? ' Their sessions have ended. They have to sign in again.' : '';
    redirectWithFlash(response, `users/${id}`, `${name} is now ${role}.${raised}`);
  });

  post('/:id/disablement', 'users.manage', forms.disablement, async (request, response) => {
    const { id } = await accountAt(context, request);
    const disable = formField(request, 'disabled') === 'yes';
    if (!disable && (await askInstead(context, response, { change: 'enable', id }))) return;
    const { name } = await (disable ? disableAccount : enableAccount)(context, id, personOf(response).id);
    redirectWithFlash(
      response,
      `users/${id}`,
      disable ? `${name} can no longer sign in.` : `${name} can sign in again.`,
    );
  });

  post('/:id/two-factor-reset', 'users.manage', forms.none, async (request, response) => {
    const { id } = await accountAt(context, request);
    const { name } = await resetTwoFactor(context, id, personOf(response).id);
    redirectWithFlash(
      response,
      `users/${id}`,
      `Two-factor authentication is off for ${name}, who signs in with the password alone until setting it up again.`,
    );
  });

  post('/:id/links', 'users.manage', forms.none, async (request, response) => {
    const { id } = await accountAt(context, request);
    const { account, link } = await renewLink(context, id, personOf(response).id);
    await showLink(response, account, link, true);
  });

  // Shown in the answer itself and nowhere else: it is not kept in a readable form.
  async function showLink(response: Response, account: Account, link: Link, again: boolean): Promise<void> {
    const messageId = await mailLink(context, account, link, personOf(response).name);
    const joining = link.purpose === 'invitation';

    const hidden = await hidesLinks(context);
    const mailProblem = messageId === null && !hidden ? linkMailProblem(context) : null;
    show(response, 'users/link', { account, link, messageId, mailProblem, again, joining, hidden });
  }

  return router;
}

async function listing(context: AccountsContext, cursor: string | undefined): Promise<object> {
  const { db, now } = context;
  const [found, invited] = await Promise.all([
    listAccounts(db, perPage + 1, cursor),
    openInvitations(db, now()),
  ]);
  const accounts = found.slice(0, perPage);
  return {
    accounts: accounts.map(account => ({
      account,
      status: shownStatus(account, invited),
      twoFactor: account.totpSecret !== null,
    })),
    more: found.length > perPage ? (accounts.at(-1)?.email ?? null) : null,
    paged: cursor !== undefined,
    mailProblem: linkMailProblem(context),
  };
}

async function accountAt({ db }: AccountsContext, { params }: Request): Promise<Account> {
  const id = String(params.id);
  const account = isUuid(id) ? await findAccount(db, id) : null;
  if (!account) throw unknownAccount();
  return account;
}

/** The status of an account, and the state that gives it its colour. */
function shownStatus(account: Account, invited: ReadonlyMap<string, Date>): { text: string; state: string } {
  const text = statusOfAccount(account, invited.get(account.id));
  return { text, state: colours[text] };
}

const colours: Record<AccountStatus, string> = {
  active: 'delivered',
  invited: 'held',
  'invitation expired': 'bounced',
  disabled: 'failed',
};
