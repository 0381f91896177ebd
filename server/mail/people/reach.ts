import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { bulkCategoriesOn } from '../routing/mail-kind.ts';
import { bulkSentTo } from './reach-store.ts';

/**
 * Topics and categories of the bulk mail that went, or may go, to an address by a stream: what was said about one counts for
 * the same mail on every stream. Null where nobody can tell.
 */
export async function reachOf(
  context: Pick<MailContext, 'policy' | 'brands'>,
  db: Trx,
  { address, stream }: { address: string; stream: string },
): Promise<string[] | null> {
  const sent = await bulkSentTo(db, address, stream);
  const names = new Set([
    ...bulkCategoriesOn(context, stream),
    ...sent.flatMap(({ category, topic }) => [category, ...(topic === null ? [] : [topic])]),
  ]);
  return names.size > 0 ? [...names].sort() : null;
}
