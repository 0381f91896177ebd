import type { Db, Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { bulkCategoriesOn } from '../routing/mail-kind.ts';
import { grouped } from '../shared/grouped.ts';
import { bulkSentTo, bulkSentToAll } from './reach-store.ts';
import type { OwnEntry } from './suppression-changes-store.ts';

/**
 * Topics and categories of the bulk mail that went, or may go, to an address by a stream: what was said about one counts for
 * the same mail on every stream. Null where nobody can tell.
 */
export async function reachOf(
  context: Pick<MailContext, 'policy' | 'brands'>,
  db: Db,
  { address, stream }: { address: string; stream: string },
): Promise<string[] | null> {
  return namesOf(context, stream, await bulkSentTo(db, address, stream));
}

/** The same of many, in one query; by `address, scope, stream, topic, source` with line breaks between. */
export async function reachesOf(
  context: Pick<MailContext, 'policy' | 'brands'>,
  db: Trx,
  entries: readonly OwnEntry[],
): Promise<Map<string, string[] | null>> {
  if (entries.length === 0) return new Map();
  const distinct = (values: string[]) => [...new Set(values)];
  const sent = await bulkSentToAll(
    db,
    distinct(entries.map(({ address }) => address)),
    distinct(entries.map(({ stream }) => stream)),
  );
  const byPlace = grouped(sent, ({ recipient, stream }) => `${recipient}\n${stream}`);
  return new Map(
    entries.map(({ address, scope, stream, topic, source }) => [
      [address, scope, stream, topic, source].join('\n'),
      namesOf(context, stream, byPlace.get(`${address}\n${stream}`) ?? []),
    ]),
  );
}

function namesOf(
  context: Pick<MailContext, 'policy' | 'brands'>,
  stream: string,
  sent: readonly { category: string; topic: string | null }[],
): string[] | null {
  const names = new Set([
    ...bulkCategoriesOn(context, stream),
    ...sent.flatMap(({ category, topic }) => [category, ...(topic === null ? [] : [topic])]),
  ]);
  return names.size > 0 ? [...names].sort() : null;
}
