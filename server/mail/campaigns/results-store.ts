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
