import type { CallerTransaction } from '../../../db/host/transaction.ts';
import { MailError } from '../error.ts';

/** Options of `send`. */
export interface SendOptions {
  /**
   * The caller's transaction, of knex or through an adapter `{ query, afterCommit }`: the message exists when, and only
   * when, it commits.
   */
  trx?: CallerTransaction | undefined;
  /** Resolve only after the hand-over, with its state. Not possible inside a transaction. */
  wait?: boolean | undefined;
}

/** Options as they were when they were handed in. Throws a MailError like {@link checkSendOptions}. */
export function readSendOptions(options: SendOptions): SendOptions {
  try {
    checkSendOptions(options);
    return { trx: options.trx, wait: options.wait };
  } catch (error) {
    if (error instanceof MailError) throw error;
    // A getter or a proxy of the caller's threw.
    throw new MailError('invalid-input', 'The options cannot be read.', 'options');
  }
}

/** Throws a MailError for what would be overlooked: an option that there is not, or a transaction that is none. */
function checkSendOptions(options: SendOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new MailError('invalid-input', 'The options of a send are an object { trx, wait }.', 'options');
  const unknown = Object.keys(options).find(name => name !== 'trx' && name !== 'wait');
  if (unknown)
    throw new MailError(
      'invalid-input',
      `A send has no option ${unknown}: a transaction is given as trx, and there is wait.`,
      unknown,
    );
  if (options.trx === null)
    throw new MailError(
      'invalid-input',
      'trx is null: begin the transaction first, or leave trx out to store the message at once.',
      'trx',
    );
  if (options.wait !== undefined && typeof options.wait !== 'boolean')
    throw new MailError('invalid-input', 'wait must be true or false.', 'wait');
  if (options.trx && options.wait)
    throw new MailError(
      'invalid-input',
      'wait is not possible in a transaction: nothing leaves before it commits.',
      'wait',
    );
}
