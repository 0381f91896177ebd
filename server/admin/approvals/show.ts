import type { Approval, Mail } from '../../mail/index.ts';
import { nameWithoutAccount } from '../audit/names.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { may } from '../permissions.ts';
import { shownDiff } from '../templates/diff-lines.ts';
import { isKind } from '../templates/reference.ts';
import { isUuid } from '../uuid.ts';
import { requestKinds } from './kinds.ts';
import { linesOf, maySee } from './lines.ts';

/** The request that the path names. Throws a page of status 404. */
export async function findApproval({ mail, person, request }: Page): Promise<Approval> {
  const id = String(request.params.id);
  const approval = isUuid(id) ? await mail.approvals.get(id) : null;
  if (!approval || !maySee(person, approval)) throw notFound('There is no such request.');
  return approval;
}

/** One request: who asks for what, exactly, and the ways to answer it. */
export async function showApproval(page: Page, problem: string | null = null): Promise<void> {
  const approval = await findApproval(page);
  const [line] = await linesOf(page.directory, [approval]);
  const isOpen = approval.state === 'requested';
  const [others, decider, preparers] = await Promise.all([
    isOpen ? othersWhoMay(page, approval) : null,
    nameOf(page, approval.decidedBy, approval.decidedName),
    preparerNames(page, approval),
  ]);
  const why = whyNot(page, approval);
  page.render(
    'approvals/show',
    {
      ...{ approval, line, problem, decider, preparers, isOpen, others },
      may: {
        approve: isOpen && why === null,
        decline: isOpen && approval.requestedBy !== page.by && mayApprove(page, approval),
        withdraw: isOpen && approval.requestedBy === page.by,
      },
      why,
      nobodyElse: isOpen && others?.length === 0,
      ...(await contentOf(page.mail, approval)),
    },
    problem === null ? 200 : 409,
  );
}

/** True for somebody whose role may approve it, whoever prepared it. */
export function mayApprove({ person }: Page, { action }: Approval): boolean {
  return may(person, requestKinds[action].approve);
}

/** Why this person cannot approve it; null when they can. */
export function whyNot(page: Page, approval: Approval): string | null {
  if (approval.requestedBy === page.by) return 'You asked for this: it takes somebody else.';
  if (approval.preparedBy.includes(page.by)) return 'You helped to prepare this: it takes somebody else.';
  return mayApprove(page, approval) ? null : 'Your role may not approve this.';
}

/** Names of those who can approve it; null where people are the host's, whom we do not know. */
async function othersWhoMay({ directory }: Page, { action, preparedBy }: Approval): Promise<string[] | null> {
  const people = await directory.people();
  return (
    people
      ?.filter(one => may(one, requestKinds[action].approve) && !preparedBy.includes(one.id))
      .map(({ name }) => name) ?? null
  );
}

async function preparerNames({ directory }: Page, { preparedBy, requestedBy }: Approval): Promise<string> {
  const ids = preparedBy.filter(id => id !== requestedBy);
  const names = await directory.names(ids);
  return ids.map(id => names.get(id) ?? nameWithoutAccount(id)).join(', ');
}

async function nameOf({ directory }: Page, id: string | null, known: string | null): Promise<string | null> {
  if (id === null || id === 'postlane') return null;
  return (await directory.names([id])).get(id) ?? known ?? nameWithoutAccount(id);
}

/** What exactly is asked for: while it is open, also as it would be now. */
async function contentOf(mail: Mail, approval: Approval): Promise<object> {
  const { action, state, seen, request } = approval;
  const none = { publication: null, launch: null, role: null, diff: null, plan: null, campaign: null };
  switch (action) {
    case 'templates.publish':
      return {
        ...none,
        publication: seen,
        diff: state === 'requested' ? await diffOf(mail, approval) : null,
      };
    case 'campaigns.launch': {
      const id = String(request.id);
      const campaign = await mail.campaigns.get(id);
      return {
        ...{ ...none, launch: seen, campaign, isLate: isLate(campaign.sendAt) },
        plan: state === 'requested' ? await mail.campaigns.plan(id) : null,
      };
    }
    case 'users.role':
      return { ...none, role: seen };
  }
}

async function diffOf(mail: Mail, { subject, seen }: Approval): Promise<object | null> {
  const [kind = '', key = ''] = subject.split(/:(.*)/s);
  const view = isKind(kind) ? await mail.templates.get({ kind, key }) : null;
  if (!view?.published) return null;
  const to = typeof seen.restore === 'number' ? seen.restore : 'draft';
  const diff = await mail.templates.diff(view.ref, view.published.version, to);
  return { from: view.published.version, parts: shownDiff(diff.source) };
}

function isLate(sendAt: Date | null): boolean {
  return sendAt !== null && sendAt <= new Date();
}
