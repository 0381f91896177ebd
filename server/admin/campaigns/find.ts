import type { Request } from 'express';
import type { Campaign, Mail } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';
import { isUuid } from '../uuid.ts';

/** The campaign that a path names. Throws a page of status 404. */
export async function findCampaign(mail: Mail, { params }: Request): Promise<Campaign> {
  const id = String(params.id);
  if (!isUuid(id)) throw notFound('There is no such campaign.');
  return mail.campaigns.get(id);
}
