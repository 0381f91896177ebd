import type { MailContext } from '../context.ts';
import { requireCampaign } from './audience.ts';
import { type CampaignResult, campaignResults } from './results-store.ts';

const page = 1000;

/** What became of each recipient that became a message, page by page as it is asked for. Throws `unknown-campaign`. */
export async function* resultsOf({ db }: MailContext, id: string): AsyncGenerator<CampaignResult> {
  await requireCampaign(db, id);
  for (let after = ''; ; ) {
    const rows = await campaignResults(db, id, after, page);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = last.recipient;
  }
}
