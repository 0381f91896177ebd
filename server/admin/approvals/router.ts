import type { Router } from 'express';
import Joi from 'joi';
import { type Approval, type Mail, MailError } from '../../mail/index.ts';
import { type FormSchema, field, noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { forbidden } from '../page-error.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { titleOf } from './kinds.ts';
import { linesOf, maySee, waitingRequests } from './lines.ts';
import { tellAsker } from './notify.ts';
import { findApproval, mayApprove, showApproval, whyNot } from './show.ts';

const perPage = 50;

const listSchema: Joi.ObjectSchema<{ cursor?: string }> = Joi.object({ cursor: queryField.cursor() });

interface DeclineForm {
  reason: string;
}

const declineForm: FormSchema<DeclineForm> = Joi.object({
  reason: field.text(10_000, 'The reason must be text.').trim(),
});

/** What waits for a second person, and what became of what did. */
export function approvalRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listApprovals);
  routes.get('/:id', 'pages.view', page => showApproval(page));
  routes.post('/:id/approve', 'approvals.decide', noFields, approve);
  routes.post('/:id/decline', 'approvals.decide', declineForm, decline);
  routes.post('/:id/withdraw', 'approvals.ask', noFields, withdraw);
  return routes.router;
}

async function listApprovals(page: Page): Promise<void> {
  const { cursor } = page.query(listSchema);
  const all = await page.mail.approvals.list({ limit: perPage, ...(cursor && { cursor }) });
  const decided = all.filter(one => one.state !== 'requested' && maySee(page.person, one));
  const last = all.length === perPage ? all.at(-1) : null;
  page.render('approvals/index', {
    waiting: cursor ? [] : await waitingRequests(page),
    decided: await linesOf(page.directory, decided),
    isOn: page.mail.approvals.actions.length > 0,
    paged: cursor !== undefined,
    newer: cursor ? '?' : null,
    older: last ? `?cursor=${last.id}` : null,
  });
}

async function approve(page: Page): Promise<void> {
  const approval = await findApproval(page);
  if (approval.state === 'requested') {
    const why = whyNot(page, approval);
    if (why !== null) throw forbidden(why);
  }
  await decided(page, approval, () => page.mail.approvals.approve(approval.id, decider(page)));
}

async function decline(page: Page, { reason }: DeclineForm): Promise<void> {
  const approval = await findApproval(page);
  if (!mayApprove(page, approval)) throw forbidden('Your role may not decline this.');
  if (reason === '' || reason.length > 500)
    return showApproval(page, 'Enter a reason of at most 500 characters: the person who asked will read it.');
  await decided(page, approval, () => page.mail.approvals.decline(approval.id, { ...decider(page), reason }));
}

async function withdraw(page: Page): Promise<void> {
  const { id } = await findApproval(page);
  await orProblem(page, async () => {
    await page.mail.approvals.withdraw(id, decider(page));
    page.redirect(`approvals/${id}`, 'Withdrawn. Nothing was changed.');
  });
}

async function decided(page: Page, asked: Approval, decide: () => Promise<Approval>): Promise<void> {
  await orProblem(page, async () => {
    const approval = await decide();
    await tellAsker(page.mail, page.response, approval);
    const notice =
      approval.state === 'approved'
        ? `Approved and done: ${titleOf(asked)}.`
        : 'Declined. Nothing was changed.';
    page.redirect(`approvals/${approval.id}`, notice);
  });
}

/** What was decided or changed meanwhile shows on the page itself, as it is now. */
async function orProblem(page: Page, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await showApproval(page, error.message);
  }
}

function decider({ by, person }: Page): { by: string; name: string } {
  return { by, name: person.name };
}
