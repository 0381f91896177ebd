import type { CampaignDetails } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { isUuid } from '../uuid.ts';

/** The campaign that the path names. Throws a page of status 404. */
export async function findCampaign({ mail, request }: Page): Promise<CampaignDetails> {
  const id = String(request.params.id);
  if (!isUuid(id)) throw notFound('There is no such campaign.');
  return mail.campaigns.get(id);
}
