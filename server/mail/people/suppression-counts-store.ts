import type { Db } from '../../../db/connect.ts';

/** How many addresses get nothing on a stream, counted no further than `atMost`: there may be millions. */
export async function countSuppressed(db: Db, stream: string, atMost: number): Promise<number> {
  const firstOnes = db('postlane_suppressions')
    .select('address')
    .where({ stream, active: 1 })
    .limit(atMost)
    .as('first_ones');
  const [row]: { n: number | string }[] = await db.from(firstOnes).count({ n: '*' });
  return Number(row?.n ?? 0);
}
