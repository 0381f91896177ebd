import type { ServerClient } from 'postmark';
import { attemptKey, type Lookup } from '../transport.ts';

/** Asks Postmark by the metadata that travelled with the mail. An absent stream would mean `outbound`. */
export function createPostmarkLookup(client: ServerClient): Lookup {
  return async ({ id, stream }) => {
    try {
      const { Messages } = await client.getOutboundMessages({
        count: 1,
        offset: 0,
        messageStream: stream,
        [`metadata_${attemptKey}`]: id,
      });
      const [found] = Messages;
      return found ? { kind: 'found', providerMessageId: found.MessageID } : { kind: 'absent' };
    } catch (error) {
      return { kind: 'unclear', answer: (error as Error).message };
    }
  };
}
