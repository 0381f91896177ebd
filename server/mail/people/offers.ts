import type { MailContext } from '../context.ts';
import type { Provider, ProviderLists } from '../providers/provider.ts';
import { bulkCategoriesOn, bulkStreams } from '../routing/mail-kind.ts';
import { type DueOffer, dueOffers, settleOffer } from './offers-store.ts';
import type { SuppressionPlace } from './suppression.ts';

/** A provider's list of a stream that it can be asked to put somebody on. */
interface OpenList {
  stream: string;
  lists: ProviderLists & Required<Pick<ProviderLists, 'suppress'>>;
}

/**
 * Lists that an entry of ours is offered to: those of bulk streams on which nothing goes that it does not mean. Never one of
 * transactional mail, where the provider would refuse the password reset too.
 */
export function openListsFor(
  context: Pick<MailContext, 'brands' | 'providers'>,
  { scope, stream, topic }: Omit<SuppressionPlace, 'address'>,
): OpenList[] {
  const meant = bulkStreams(context).filter(one => {
    if (scope === 'stream') return one === stream;
    return scope === 'bulk' || (scope === 'topic' && isAlone(context, one, topic));
  });
  return meant.flatMap(one => {
    const keeper = context.providers.listing(one);
    const suppress = keeper?.lists?.suppress;
    return keeper?.lists && suppress && carries(context, keeper, one)
      ? { stream: one, lists: { ...keeper.lists, suppress } }
      : [];
  });
}

/** Whether mail of a stream goes by a provider; one that goes by another's transport, a provider does not have. */
function carries({ brands }: Pick<MailContext, 'brands'>, { transports }: Provider, stream: string): boolean {
  const names = transports.map(({ name }) => name);
  return brands.all
    .flatMap(({ policy }) => Object.values(policy.categories))
    .flatMap(({ routes }) => routes)
    .some(route => route.stream === stream && names.includes(route.transport));
}

function isAlone(context: Pick<MailContext, 'brands'>, stream: string, topic: string): boolean {
  const categories = bulkCategoriesOn(context, stream);
  return categories.length === 1 && categories[0] === topic;
}

const page = 100;

/** Tells providers of what was entered here; returns how many entries. What cannot be told now is due again later. */
export async function offerSuppressions(context: MailContext, signal?: AbortSignal): Promise<number> {
  let told = 0;
  for (let behind = ''; !signal?.aborted; ) {
    const due = await dueOffers(context.db, page, behind);
    for (const offer of due) if (await tell(context, offer)) told += 1;
    const last = due.at(-1);
    if (due.length < page || !last) break;
    behind = last.address;
  }
  return told;
}

async function tell(context: MailContext, offer: DueOffer): Promise<boolean> {
  const open = openListsFor(context, offer);
  try {
    const answers = await Promise.all(open.map(({ stream, lists }) => lists.suppress(stream, offer.address)));
    const refused = answers.find(answer => !answer.done);
    if (refused) context.log.warn({ answer: refused }, 'a provider does not take a suppression of ours');
    if (await settleOffer(context.db, offer, refused ? 'refused' : 'done')) return true;
    // Lifted while the provider was being told.
    await Promise.all(open.map(({ stream, lists }) => lists.reactivate(stream, offer.address)));
    return false;
  } catch (err) {
    context.log.warn({ err }, 'a provider could not be told of a suppression; it is told later');
    return false;
  }
}
