import type { Db } from '../../../db/connect.ts';
import { inTransaction } from '../shared/transaction.ts';
import { utc } from '../shared/utc.ts';
import type { MessageToSend } from './load-store.ts';
import { recordAttempts } from './settle-store.ts';

/**
 * Gives up claimed messages of campaigns that were stopped: held where the campaign is paused, cancelled where it is
 * cancelled, and back into the queue where it goes on again.
 */
export async function stopClaimed(db: Db, messages: readonly MessageToSend[], now: Date): Promise<void> {
  if (messages.length === 0) return;
  await inTransaction(db, async trx => {
    // Locked, so that a campaign is resumed before, and we see it, or after, and our messages are with the rest.
    const campaigns = await trx('postlane_campaigns')
      .select('id', 'state')
      .whereIn('id', [...new Set(messages.map(({ campaignId }) => campaignId))])
      .orderBy('id')
      .forShare();
    for (const { id, state } of campaigns) {
      const its = messages.filter(({ campaignId }) => campaignId === id);
      await recordAttempts(trx, its.map(skippedAttempt), now);
      for (const { claim } of its) {
        await trx('postlane_messages')
          .where({ id: claim.messageId, state: 'sending', lease: claim.lease })
          .update({ ...stopped(state, now), lease: null });
      }
    }
  });
}

function skippedAttempt({ attemptId }: MessageToSend) {
  const answer = 'The campaign was stopped.';
  return { id: attemptId, outcome: 'skipped' as const, code: 'stopped', answer, providerMessageId: null };
}

function stopped(campaign: string, now: Date): object {
  if (campaign === 'paused') return { state: 'held', due_at: null };
  if (campaign === 'cancelled') return { state: 'cancelled', due_at: null, cancelled_at: utc(now) };
  return { state: 'queued', due_at: utc(now) };
}
