import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { MessagesRow } from '../../../db/rows.ts';
import type { MessageState } from '../messages/states.ts';

const result = columns<Known<MessagesRow, { state: MessageState }>>()(
  'postlane_messages',
  ['recipient', 'recipientName', 'state', 'reason', 'sentAt', 'deliveredAt', 'openedAt', 'clickedAt'],
  { messageId: 'id' },
);

/** What became of one recipient of a campaign. Times are UTC. */
export type CampaignResult = Selected<typeof result>;

const page = 1000;

/** What became of each recipient that became a message, page by page as it is asked for. */
export async function* resultsOf(db: Db, id: string): AsyncGenerator<CampaignResult> {
  for (let after = ''; ; ) {
    const rows = await campaignResults(db, id, after, page);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < page) return;
    after = last.recipient;
  }
}

/** A campaign's messages behind an address, in order of address: its unique key leads there. */
async function campaignResults(
  db: Db,
  campaignId: string,
  after: string,
  limit: number,
): Promise<CampaignResult[]> {
  return db('postlane_messages')
    .select(result.aliases)
    .where({ campaign_id: campaignId })
    .where('recipient', '>', after)
    .orderBy('recipient')
    .limit(limit);
}
