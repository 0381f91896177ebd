import type { Knex } from 'knex';
import { columns } from '../../../db/columns.ts';
import type { MessagesRow } from '../../../db/rows.ts';
import type { LinkedMessage } from './consent-records.ts';

const linked = columns<MessagesRow>()(
  'postlane_messages',
  ['id', 'category', 'topic', 'locale', 'brand', 'templateVersionId'],
  { address: 'recipient' },
);

/** What the links in a message lead back to; null for a message that is gone. */
export async function linkedMessage(db: Knex, id: string): Promise<LinkedMessage | null> {
  return (await db('postlane_messages').select(linked.aliases).where({ id }).first()) ?? null;
}
