import type { Campaign, Mail } from '../../mail/index.ts';
import { waitingFor } from '../approvals/lines.ts';
import type { Page } from '../page.ts';
import { may } from '../permissions.ts';
import type { Person } from '../person.ts';
import { availableActions } from './actions.ts';
import { leavesOf } from './csv/columns.ts';
import { findCampaign } from './find.ts';
import { isMoving, withProgress } from './progress.ts';
import { isStillSample } from './shared-sample.ts';

/** One campaign: a draft with its audience and plan, or what became of it. */
export async function showCampaign(page: Page): Promise<void> {
  const { mail } = page;
  const campaign = await findCampaign(page);
  const [running] = await withProgress(mail, [campaign]);
  const draft = campaign.allowed.includes('addRecipients') ? await draftOf(mail, campaign) : null;
  const waiting = draft ? await waitingFor(page, `campaign:${campaign.id}`) : null;
  const possible = availableActions(mail, campaign, {
    audience: running?.progress.audience ?? 0,
    failed: running?.progress.byState.failed ?? 0,
  });
  page.render('campaigns/show', {
    campaign,
    ...running,
    draft,
    waiting,
    moving: isMoving(campaign),
    module: draft ? formOf(page.person) : isMoving(campaign) ? 'live' : '',
    actions: possible.filter(({ permission, asks }) => may(page.person, permission) && !(asks && waiting)),
    data: Object.keys(campaign.data).length > 0 ? campaign.data : null,
  });
}

/** The script of the form of recipients, for those who are shown it. */
function formOf(person: Person): string {
  return may(person, 'campaigns.edit') ? 'recipients' : '';
}

async function draftOf(mail: Mail, campaign: Campaign) {
  const { id, data } = campaign;
  const [plan, contract, isSample] = await Promise.all([
    mail.campaigns.plan(id),
    mail.campaigns.contract(id),
    isStillSample(mail, campaign),
  ]);
  const fields = leavesOf(contract).map(({ path, spec }) => ({
    path: path.join('.'),
    type: spec.type,
    optional: spec.optional === true,
  }));
  // No cell holds a list: without it every line of a file would be faulty.
  const missingLists = Object.entries(contract)
    .filter(([name, { type, optional }]) => type === 'array' && !optional && !Object.hasOwn(data, name))
    .map(([name]) => name);
  return { plan, isSample, fields, missingLists: missingLists.join(', ') };
}
