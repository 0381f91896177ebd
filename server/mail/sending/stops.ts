import type { MailContext } from '../context.ts';
import { findCategory } from '../routing/policy.ts';
import type { MessageToSend } from './load-store.ts';
import { resultOf } from './outcomes.ts';
import { settle } from './settle-store.ts';
import { stopClaimed } from './stops-store.ts';

/**
 * Leaves out messages of campaigns that were paused or cancelled after they had queued, such as those a provider put
 * off meanwhile: they are held or cancelled like the rest of their campaign.
 */
export async function dropStopped(
  { db, now }: MailContext,
  loaded: readonly MessageToSend[],
): Promise<MessageToSend[]> {
  const isStopped = ({ campaignState }: MessageToSend) =>
    campaignState === 'paused' || campaignState === 'cancelled';
  await stopClaimed(db, loaded.filter(isStopped), now());
  return loaded.filter(message => !isStopped(message));
}

/**
 * Leaves out messages whose category or transport the configuration knows no more: they are put off, for somebody has
 * to act, and the others of the page go on.
 */
export async function deferUnroutable(
  context: MailContext,
  loaded: readonly MessageToSend[],
): Promise<MessageToSend[]> {
  const { db, now, policy, transports } = context;
  const missing = ({ category, transport }: MessageToSend) => {
    if (!findCategory(policy, category)) return `The routing policy has no category ${category}.`;
    if (!transports.has(transport)) return `No transport is named ${transport}.`;
    return null;
  };
  const putOff = loaded.flatMap(message => {
    const answer = missing(message);
    return answer === null
      ? []
      : [resultOf(context, message, { kind: 'deferred', code: 'no-route', answer })];
  });
  await settle(db, putOff, now());
  return loaded.filter(message => missing(message) === null);
}
