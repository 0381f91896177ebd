import type { Db } from '../../../db/connect.ts';

/** A copy that did not get a message. */
export interface LeftOutCopy {
  /** `to`: one of the addresses behind the first. */
  role: 'to' | 'cc' | 'bcc';
  address: string;
  /** Such as `suppressed: HardBounce (Recipient)`. */
  reason: string;
}

/** The copies that a message does not go to. */
export interface LeftOut {
  messageId: string;
  copies: readonly LeftOutCopy[];
}

/** Keeps who is left out of messages, in place of what was kept before. */
export async function recordLeftOut(db: Db, all: readonly LeftOut[]): Promise<void> {
  for (const { messageId, copies } of all) {
    await db('postlane_message_contents')
      .where({ message_id: messageId })
      .update({ left_out: copies.length > 0 ? JSON.stringify(copies) : null });
  }
}
