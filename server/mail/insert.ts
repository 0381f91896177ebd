import type { Knex } from 'knex';
import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { differingFields } from './rules/fingerprint.ts';
import type { SendRequest } from './rules/send-request.ts';
import type { MessageState } from './rules/states.ts';
import { attachFiles } from './store/attachments.ts';
import { findByIdempotencyKey, insertMessages, type NewMessage, stateOf } from './store/messages.ts';
import { despiteCutConnection, inTransaction, isDuplicate } from './store/transaction.ts';
import { together } from './together.ts';

/** A message that was accepted earlier under the same idempotency key. */
export interface Earlier {
  id: string;
  state: MessageState;
}

/**
 * Puts a message into the books, in the caller's transaction or in one of its own. Resolves to the earlier message when
 * its idempotency key was known; throws `idempotency-conflict` when that was asked for otherwise.
 */
export type Insert = (
  message: NewMessage,
  attachments: SendRequest['attachments'],
  trx: Knex.Transaction | undefined,
) => Promise<Earlier | null>;

/** See {@link Insert}. Messages that wait for nobody share a transaction. */
export function createInsert({ db }: MailContext): Insert {
  const insertShared = together(async (messages: readonly NewMessage[]) => {
    await inOwnTransaction(db, trx => insertMessages(trx, messages));
    return messages;
  });

  return async (message, attachments, trx) => {
    const write = async (own: Knex.Transaction) => {
      await insertMessages(own, [message]);
      await attachFiles(own, message.id, attachments, message.createdAt);
    };
    try {
      if (trx) await write(trx);
      else if (waitsForNobody(message, attachments)) await insertShared(message);
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

function inOwnTransaction(db: Knex, work: (trx: Knex.Transaction) => Promise<void>): Promise<void> {
  return despiteCutConnection(() => inTransaction(db, work));
}

// Keys and files are unique: an open transaction with the same one holds us up until it ends, and nobody else should be.
function waitsForNobody({ idempotencyKey }: NewMessage, attachments: SendRequest['attachments']): boolean {
  return idempotencyKey === null && attachments.length === 0;
}

async function earlierAnswer(
  db: Knex,
  key: string,
  asked: NonNullable<NewMessage['fingerprint']>,
): Promise<Earlier> {
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
