import type { Request, Response } from 'express';
import type { Mail } from '../../mail/index.ts';
import { mayAs, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { leavesOf } from './csv/columns.ts';
import { deedsFor } from './deeds.ts';
import { findCampaign } from './find.ts';
import { isMoving, withProgress } from './progress.ts';

/** One campaign: a draft with its audience and plan, or what became of it. */
export async function showCampaign(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
): Promise<void> {
  const campaign = await findCampaign(mail, request);
  const [running] = await withProgress(mail, [campaign]);
  const draft = campaign.state === 'draft' ? await draftOf(mail, campaign.id) : null;
  const possible = deedsFor(campaign, running?.progress.audience ?? 0);
  show(response, 'campaigns/show', {
    campaign,
    ...running,
    draft,
    moving: isMoving(campaign),
    module: draft ? 'recipients' : isMoving(campaign) ? 'live' : '',
    deeds: possible.filter(({ role }) => mayAs(personOf(response), role)),
    data: Object.keys(campaign.data).length > 0 ? campaign.data : null,
  });
}

async function draftOf(mail: Mail, id: string) {
  const [plan, contract] = await Promise.all([mail.campaigns.plan(id), mail.campaigns.contract(id)]);
  const fields = leavesOf(contract).map(({ path, spec }) => ({
    path: path.join('.'),
    type: spec.type,
    optional: spec.optional === true,
  }));
  return { plan, fields };
}
