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

/** Which bulk mail these addresses were sent on these streams. */
export async function bulkSentToAll(
  db: Knex,
  addresses: readonly string[],
  streams: readonly string[],
): Promise<{ recipient: string; stream: string; category: string; topic: string | null }[]> {
  return db('postlane_messages')
    .distinct('recipient', 'stream', 'category', 'topic')
    .whereIn('recipient', [...addresses])
    .whereIn('stream', [...streams])
    .where({ lane: 'bulk' });
}
