import type { Knex } from 'knex';

/** Which bulk mail an address was sent on a stream: category and topic, each pair once, the first hundred. */
export async function bulkSentTo(
  db: Knex,
  address: string,
  stream: string,
): Promise<{ category: string; topic: string | null }[]> {
  return db('postlane_messages')
    .distinct('category', 'topic')
    .where({ recipient: address, stream, lane: 'bulk' })
    .limit(100);
}
