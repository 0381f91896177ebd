import type { Db } from '../../../db/connect.ts';
import { loadMessages, type StoredMessage } from '../messages/load-store.ts';
import type { Claim } from './claims-store.ts';

/** A message that is leased to us. */
export interface MessageToSend extends StoredMessage {
  claim: Claim;
}

/** Claimed messages in the order of their claims, without those that another process has taken over meanwhile. */
export async function loadClaimed(db: Db, claims: readonly Claim[]): Promise<MessageToSend[]> {
  const leases = new Map(claims.map(({ messageId, lease }) => [messageId, lease]));
  const loaded = await loadMessages(db, [...leases.keys()]);
  return loaded.flatMap(message => {
    const lease = leases.get(message.id);
    const isOurs = lease !== undefined && message.state === 'sending' && message.lease === lease;
    return isOurs ? [{ ...message, claim: { messageId: message.id, lease } }] : [];
  });
}
