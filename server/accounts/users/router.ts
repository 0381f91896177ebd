import { type Request, type Response, Router } from 'express';
import { redirectWithFlash } from '../../admin/flash.ts';
import { formField } from '../../admin/form-parser.ts';
import { notFound, PageError } from '../../admin/page-error.ts';
import { allow, isRole, mayAs, personOf } from '../../admin/person.ts';
import { isUuid } from '../../admin/uuid.ts';
import type { Show } from '../../admin/views.ts';
import { changeRole, disableAccount, enableAccount, resetSecondStep } from '../account-changes.ts';
import type { AccountsContext } from '../context.ts';
import { invite, renewLink } from '../invitations.ts';
import { type Link, mailLink } from '../links.ts';
import { type Account, anybodyCanSignIn, findAccount, listAccounts } from '../store/accounts.ts';
import { listSessions } from '../store/sessions.ts';
import { openInvitations } from '../store/tickets.ts';
import { roleChoices } from './roles.ts';
import { standingOf } from './standing.ts';

const perPage = 100;

/** Who may come in, for admins: invite, change roles, disable, help those who lost password or phone. */
export function userRouter(context: AccountsContext, show: Show): Router {
  const router = Router();
  router.use(allow('admin'));

  router.get('/', async ({ query }, response) => {
    const cursor = typeof query.after === 'string' ? query.after : undefined;
    show(response, 'users/index', await listing(context, cursor));
  });

  router.get('/new', async (_request, response) => {
    // The first has to be an admin, who can add the others.
    const role = (await anybodyCanSignIn(context.db)) ? 'editor' : 'admin';
    show(response, 'users/new', { email: '', name: '', role, roles: roleChoices, problem: null });
  });

  router.post('/', async (request, response) => {
    try {
      const by = personOf(response);
      const { account, link, again } = await invite(context, request.body, by.id);
      await showLink(response, account, link, again);
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      const typed = {
        email: formField(request, 'email'),
        name: formField(request, 'name'),
        role: formField(request, 'role'),
      };
      show(response, 'users/new', { ...typed, roles: roleChoices, problem: error.message }, error.status);
    }
  });

  router.get('/:id', async (request, response) => {
    const account = await accountAt(context, request);
    const invited = await openInvitations(context.db, context.now());
    show(response, 'users/show', {
      account,
      standing: standingOf(account, invited.get(account.id)),
      invitedUntil: invited.get(account.id) ?? null,
      sessions: (await listSessions(context.db, account.id)).length,
      roles: roleChoices,
      secondStep: account.totpSecret !== null,
      own: personOf(response).id === account.id,
    });
  });

  router.post('/:id/role', async (request, response) => {
    const before = await accountAt(context, request);
    const { id } = before;
    const role = formField(request, 'role');
    if (!isRole(role)) throw new PageError(422, 'Not changed', 'There is no such role.');
    const { name } = await changeRole(context, id, role, personOf(response).id);
    const raised = !mayAs(before, role) ? ' Their sessions have ended: it takes signing in anew.' : '';
    redirectWithFlash(response, `users/${id}`, `${name} is ${role} now.${raised}`);
  });

  router.post('/:id/disablement', async (request, response) => {
    const { id } = await accountAt(context, request);
    const disable = formField(request, 'disabled') === 'yes';
    const { name } = await (disable ? disableAccount : enableAccount)(context, id, personOf(response).id);
    redirectWithFlash(
      response,
      `users/${id}`,
      disable ? `${name} can no longer sign in.` : `${name} can sign in again.`,
    );
  });

  router.post('/:id/second-step-reset', async (request, response) => {
    const { id } = await accountAt(context, request);
    const { name } = await resetSecondStep(context, id, personOf(response).id);
    redirectWithFlash(
      response,
      `users/${id}`,
      `${name} signs in with the password alone until the second step is set up again.`,
    );
  });

  router.post('/:id/links', async (request, response) => {
    const { id } = await accountAt(context, request);
    const { account, link } = await renewLink(context, id, personOf(response).id);
    await showLink(response, account, link, true);
  });

  // Shown in the answer itself and nowhere else: it is not kept in a readable form.
  async function showLink(response: Response, account: Account, link: Link, again: boolean): Promise<void> {
    const messageId = await mailLink(context, account, link, personOf(response).name);
    show(response, 'users/link', { account, link, messageId, again, joining: link.purpose === 'invitation' });
  }

  return router;
}

async function listing({ db, now }: AccountsContext, cursor: string | undefined): Promise<object> {
  const [found, invited] = await Promise.all([
    listAccounts(db, perPage + 1, cursor),
    openInvitations(db, now()),
  ]);
  const accounts = found.slice(0, perPage);
  return {
    accounts: accounts.map(account => ({
      account,
      standing: standingOf(account, invited.get(account.id)),
      secondStep: account.totpSecret !== null,
    })),
    more: found.length > perPage ? (accounts.at(-1)?.email ?? null) : null,
    paged: cursor !== undefined,
  };
}

async function accountAt({ db }: AccountsContext, { params }: Request<{ id: string }>): Promise<Account> {
  const account = isUuid(params.id) ? await findAccount(db, params.id) : null;
  if (!account) throw notFound('There is no such account.');
  return account;
}
