import { Batcher } from '../../../db/batcher.ts';
import { isFaultOfRow } from '../../../db/error-codes.ts';
import type { Together } from '../../../db/together.ts';
import type { MailContext } from '../context.ts';
import { type Received, type Reported, receiveAll } from './receive.ts';

/** More would hold their rows for longer and be no cheaper for each. */
const largest = 100;
/** While the database writes one group, the next is looked up and put together. */
const atOnce = 2;

/**
 * Stores events that come in at the same time by one commit: what arrives while one group is written is the next; one that
 * is alone does not wait. An event that cannot be stored costs nobody else's: the group then falls apart.
 */
export type Receiver = Pick<Batcher<Reported, Received>, 'add' | 'idle'>;

/** See {@link Receiver}. */
export function createReceiver(context: MailContext, together: Together | null): Receiver {
  return new Batcher<Reported, Received>(group => receiveAll(context, group, together), {
    largest,
    atOnce,
    isolatesErrors: isFaultOfRow,
  });
}
