import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { publishedPlaceholders, refuseConfiguredPlaceholders } from '../templates/index.ts';

/** In production no mail goes out in the name of the demo's shop, or of a starter folder's. Throws `configuration`. */
export async function refusePlaceholders({ db, brands, production }: MailContext): Promise<void> {
  if (!production) return;
  refuseConfiguredPlaceholders(brands.all);
  const [first] = await publishedPlaceholders(db);
  if (first)
    throw new MailError('configuration', `${first.message} Then run postlane templates push.`, 'templates');
}
