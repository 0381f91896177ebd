import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { formatMailbox } from '../providers/transport.ts';
import { isPlaceholderSender, publishedPlaceholders } from '../templates/index.ts';

/** In production no mail goes out in the name of the demo's shop, or of a starter folder's. Throws `configuration`. */
export async function refusePlaceholders({ db, brands, production }: MailContext): Promise<void> {
  if (!production) return;
  const senders = brands.all.flatMap(({ policy: { from, categories } }) => [
    from,
    ...Object.values(categories).flatMap(one => one.from ?? []),
  ]);
  const placeholder = senders.find(isPlaceholderSender);
  if (placeholder) {
    const text = `The sender ${formatMailbox(placeholder)} is an example: set it to one from your own domain.`;
    throw new MailError('configuration', text, 'from');
  }
  const [first] = await publishedPlaceholders(db);
  if (first)
    throw new MailError('configuration', `${first.message} Then run postlane templates push.`, 'templates');
}
