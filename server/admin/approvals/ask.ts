import type { Approval, Publication, PublishOptions, SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { tellApprovers } from './notify.ts';

/** Somebody else has to approve it first. */
interface Asked {
  state: 'requested';
  approval: Approval;
}

/** Publishes a draft, or an earlier version; where that takes a second person, it is asked for. */
export async function publishOrAsk(
  page: Page,
  ref: SourceRef,
  { by, ...options }: PublishOptions,
  restore?: number,
): Promise<Publication | Asked> {
  const { templates, approvals } = page.mail;
  if (!approvals.actions.includes('templates.publish')) {
    const all = { by, ...options };
    return restore === undefined ? templates.publish(ref, all) : templates.restore(ref, restore, all);
  }
  const result = await approvals.askToPublish(ref, { ...options, by, name: page.person.name, restore });
  if (result.state === 'requested') await tellApprovers(page.mail, page.response, result.approval);
  return result;
}

/** Asks for the launch of a campaign. */
export async function askToLaunch(page: Page, id: string): Promise<Approval> {
  const approval = await page.mail.approvals.askToLaunch(id, { by: page.by, name: page.person.name });
  await tellApprovers(page.mail, page.response, approval);
  return approval;
}

/** Leads to the page that waits. */
export function showAsked(page: Page, { id }: Pick<Approval, 'id'>): void {
  page.redirect(`approvals/${id}`, askedNotice);
}

/** What a page says once something was asked for. */
export const askedNotice = 'Asked for approval. It is done as soon as somebody else approves it.';
