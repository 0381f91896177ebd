import type { Request, Response } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { redirectWith } from '../notice.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import type { Action } from './actions.ts';
import { findCampaign } from './find.ts';
import { isStillSample } from './shared-sample.ts';

/** The page that asks before something is done that cannot be taken back. */
export async function confirm(
  mail: Mail,
  show: Show,
  { path, label, question, danger }: Action,
  request: Request,
  response: Response,
): Promise<void> {
  const campaign = await findCampaign(mail, request);
  const plan = path === 'launch' ? await mail.campaigns.plan(campaign.id) : null;
  const isSample = plan !== null && (await isStillSample(mail, campaign));
  show(response, 'campaigns/confirm', {
    ...{ campaign, plan, isSample, path, label, danger },
    question: question ?? '',
  });
}

/** Does it and leads back to the campaign; what cannot be done is said there. */
export async function perform(
  mail: Mail,
  { run }: Action,
  request: Request,
  response: Response,
): Promise<void> {
  const { id } = await findCampaign(mail, request);
  try {
    redirectWith(response, `campaigns/${id}`, await run(mail, id, personOf(response).id));
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    redirectWith(response, `campaigns/${id}`, { tone: 'failed', text: error.message });
  }
}
