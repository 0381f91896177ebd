import type { Db, Trx } from '../../../db/connect.ts';
import { isDuplicate } from '../../../db/error-codes.ts';
import { retryOnConnectionLoss } from '../../../db/retry.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { attachFiles } from '../messages/attachments-store.ts';
import { findByIdempotencyKey, insertMessages, stateOf } from '../messages/insert-store.ts';
import type { NewMessage } from '../messages/new-message.ts';
import type { MessageState } from '../messages/states.ts';
import { batchCalls } from '../shared/coalesce.ts';
import { differingFields } from '../shared/fingerprint.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { SendRequest } from './request.ts';

/** A message that was accepted earlier under the same idempotency key. */
export interface ExistingMessage {
  id: string;
  state: MessageState;
}

/**
 * Stores a message, in the caller's transaction or in one of its own. Resolves to the earlier message when
 * its idempotency key was known; throws `idempotency-conflict` when that was asked for otherwise.
 */
export type Insert = (
  message: NewMessage,
  attachments: SendRequest['attachments'],
  trx: Trx | undefined,
) => Promise<ExistingMessage | null>;

/** See {@link Insert}. Messages that hold up nobody share a transaction. */
export function createInsert({ db }: MailContext): Insert {
  const insertShared = batchCalls(async (messages: readonly NewMessage[]) => {
    await inOwnTransaction(db, trx => insertMessages(trx, messages));
    return messages;
  });

  return async (message, attachments, trx) => {
    const write = async (own: Trx) => {
      await insertMessages(own, [message]);
      await attachFiles(own, message.id, attachments, message.createdAt);
    };
    try {
      if (trx) await write(trx);
      else if (canBatch(message, attachments)) await insertShared(message);
      else await inOwnTransaction(db, write);
      return null;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // A commit whose answer was lost, and its repetition.
      if (!trx && (await stateOf(db, message.id))) return null;
      if (!message.idempotencyKey || !message.fingerprint) throw error;
      return earlierAnswer(trx ?? db, message.idempotencyKey, message.fingerprint);
    }
  };
}

function inOwnTransaction(db: Db, work: (trx: Trx) => Promise<void>): Promise<void> {
  return retryOnConnectionLoss(() => inTransaction(db, work), { brief: true });
}

// Keys and files are unique: an open transaction with the same one holds us up until it ends, and nobody else should be.
function canBatch({ idempotencyKey }: NewMessage, attachments: SendRequest['attachments']): boolean {
  return idempotencyKey === null && attachments.length === 0;
}

async function earlierAnswer(
  db: Db,
  key: string,
  asked: NonNullable<NewMessage['fingerprint']>,
): Promise<ExistingMessage> {
  const earlier = await findByIdempotencyKey(db, key);
  if (!earlier)
    throw new MailError(
      'idempotency-conflict',
      'The idempotency key was taken and given back.',
      'idempotencyKey',
    );
  const differing = differingFields(earlier.fingerprint, asked);
  if (differing.length > 0) {
    throw new MailError(
      'idempotency-conflict',
      `This idempotency key was used for another request; what differs: ${differing.join(', ')}.`,
      differing[0],
    );
  }
  return { id: earlier.id, state: earlier.state };
}
