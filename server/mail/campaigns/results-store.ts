import type { Db } from '../../../db/connect.ts';
import type { MessageState } from '../messages/states.ts';

/** What became of one recipient of a campaign. Times are UTC. */
export interface CampaignResult {
  recipient: string;
  recipientName: string | null;
  state: MessageState;
  reason: string | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
  messageId: string;
}

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
export async function campaignResults(
  db: Db,
  campaignId: string,
  after: string,
  limit: number,
): Promise<CampaignResult[]> {
  return db('postlane_messages')
    .select({
      recipient: 'recipient',
      recipientName: 'recipient_name',
      state: 'state',
      reason: 'reason',
      sentAt: 'sent_at',
      deliveredAt: 'delivered_at',
      openedAt: 'opened_at',
      clickedAt: 'clicked_at',
      messageId: 'id',
    })
    .where({ campaign_id: campaignId })
    .where('recipient', '>', after)
    .orderBy('recipient')
    .limit(limit);
}
