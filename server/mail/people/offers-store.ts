import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { SuppressionsRow } from '../../../db/rows.ts';
import type { SuppressionClass, SuppressionScope, SuppressionSource } from './suppression.ts';

type Row = Known<
  SuppressionsRow,
  { scope: SuppressionScope; source: SuppressionSource; class: SuppressionClass }
>;
const key = columns<Row>()('postlane_suppressions', [
  'address',
  'scope',
  'stream',
  'topic',
  'source',
  'class',
]);

/** An entry of ours that providers are still to be told of. */
export type DueOffer = Selected<typeof key>;

/** Entries that are due, of addresses behind this one. */
export async function dueOffers(db: Db, limit: number, behind: string): Promise<DueOffer[]> {
  // With FORCE INDEX: MySQL would otherwise merge two indexes, and sort all that are due for each page.
  return db(db.raw('postlane_suppressions FORCE INDEX (suppressions_offer)'))
    .select(key.aliases)
    .where({ offer: 'due', active: 1 })
    .where('address', '>', behind)
    .orderBy('address')
    .limit(limit);
}

/** Keeps what became of it; false when it was lifted meanwhile. */
export async function settleOffer(
  db: Db,
  { address, scope, stream, topic, source, class: kind }: DueOffer,
  outcome: 'done' | 'refused',
): Promise<boolean> {
  const changed = await db('postlane_suppressions')
    .where({ address, scope, stream, topic, source, class: kind, active: 1, offer: 'due' })
    .update({ offer: outcome });
  return changed > 0;
}
