import { askToLaunch, showAsked } from '../approvals/ask.ts';
import type { Page } from '../page.ts';
import type { Action } from './actions.ts';
import { findCampaign } from './find.ts';
import { isStillSample } from './shared-sample.ts';

/** The page that asks for confirmation of something that cannot be undone. */
export async function confirm(page: Page, { path, label, question, danger }: Action): Promise<void> {
  const campaign = await findCampaign(page);
  const plan = path === 'launch' ? await page.mail.campaigns.plan(campaign.id) : null;
  const isSample = plan !== null && (await isStillSample(page.mail, campaign));
  page.render('campaigns/confirm', {
    ...{ campaign, plan, isSample, path, label, danger },
    question: question ?? '',
  });
}

/** Performs it and leads back to the campaign, where a refusal is shown too. */
export async function perform(page: Page, { asks, run }: Action): Promise<void> {
  const { id } = await findCampaign(page);
  await page.orFlashError(`campaigns/${id}`, async () => {
    if (asks) return showAsked(page, await askToLaunch(page, id));
    page.redirect(`campaigns/${id}`, await run(page.mail, id, page.by));
  });
}
