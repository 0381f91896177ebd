import { v7 as newId } from 'uuid';
import { Batcher } from '../../../db/batcher.ts';
import type { Db, Trx } from '../../../db/connect.ts';
import { isDuplicate } from '../../../db/error-codes.ts';
import type { CallerTransaction } from '../../../db/host/transaction.ts';
import { retryOnConnectionLoss } from '../../../db/retry.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { attachFiles } from '../messages/attachments-store.ts';
import {
  findByIdempotencyKey,
  insertMessages,
  removeMessage,
  stateOf,
  statesOf,
} from '../messages/insert-store.ts';
import { type NewMessage, newMessage } from '../messages/new-message.ts';
import type { MessageState } from '../messages/states.ts';
import { refuseForTopic, refuseUnknownTopic } from '../people/topics.ts';
import { type Brand, brandingOf } from '../routing/brands.ts';
import { refuseBulkOn } from '../routing/lanes.ts';
import { topicOf } from '../routing/mail-kind.ts';
import type { Route } from '../routing/policy.ts';
import { differingFields } from '../shared/fingerprint.ts';
import { addMs } from '../shared/time.ts';
import { afterCommit, inTransaction, joinTransaction } from '../shared/transaction.ts';
import type { InlineQueue } from './inline-queue.ts';
import type { SendInput } from './input.ts';
import { type Prepared, prepare } from './prepare.ts';
import { checkSendRequest, fingerprintOf, type SendRequest } from './request.ts';
import { readSendOptions, type SendOptions } from './send-options.ts';

export type { SendOptions } from './send-options.ts';

// A hundred rows are a statement of a few ms. Each statement is all or nothing, so it can be done again one by one.
const sharing = { largest: 100, startsAtOnce: true, isolatesErrors: true };

/** The answer to a send. */
export interface SendResult {
  id: string;
  state: MessageState;
  /** True when the idempotency key was known: this is the first answer again. */
  repeated: boolean;
}

/**
 * Accepts one message: check, pin the template's version, choose the route, insert it in the caller's transaction
 * with its first attempt, and hand it over in this process right after the commit. A process that dies on the way
 * loses its lease and the worker takes over.
 */
export type Send = (input: SendInput, options?: SendOptions | undefined) => Promise<SendResult>;

/** See {@link Send}. Sends made at the same time share their queries. */
export function createSend(context: MailContext, queue: InlineQueue): Send {
  const insert = createInsert(context);
  const states = new Batcher((ids: string[]) => statesOf(context.db, ids), sharing);

  return async (input, options = {}) => {
    const { trx, wait = false } = readSendOptions(options);
    const { message, attachments } = await readMessage(context, input);

    const existing = await insert(message, attachments, trx);
    if (existing) return { ...existing, repeated: true };

    if (message.attempt) {
      const claim = { messageId: message.id, lease: message.attempt.lease };
      if (trx) afterCommit(trx, () => queue.add(claim));
      else {
        const handedOver = queue.add(claim);
        if (wait) await handedOver;
      }
    }
    const state = wait ? await states.add(message.id) : null;
    return { id: message.id, state: state ?? (message.attempt ? 'sending' : 'queued'), repeated: false };
  };
}

/** What a request comes to once it is checked; nothing is stored yet. */
export interface ReadMessage {
  message: NewMessage;
  attachments: SendRequest['attachments'];
}

/** The message that an input makes. Throws a MailError that names the field for one that cannot be sent. */
export async function readMessage(context: MailContext, input: SendInput): Promise<ReadMessage> {
  const request = checkSendRequest(input, context.providers.limits);
  refuseUnknownTopic(context, request.topic);
  const brand = context.brands.named(request.brand);
  const message = messageOf(context, request, brand, await prepare(context, request, brand));
  const { lane, stream } = message.route;
  if (lane === 'bulk')
    await refuseForTopic(context, topicOf(context, { ...message, ...message.route }), [stream]);
  return { message, attachments: request.attachments };
}

/** The message that a request makes, with its first attempt where this process hands it over itself. */
function messageOf(context: MailContext, request: SendRequest, brand: Brand, prepared: Prepared): NewMessage {
  const { to, cc, bcc, replyTo, headers, metadata } = request;
  const [recipient] = to;
  if (!recipient) throw new MailError('invalid-address', 'to names nobody.', 'to');
  const message = newMessage(context, {
    ...prepared,
    brand,
    stream: request.stream ?? undefined,
    recipient,
    topic: request.topic,
    dueAt: request.sendAt,
    locale: request.locale,
    tag: request.tag,
    idempotencyKey: request.idempotencyKey,
    fingerprint: request.idempotencyKey ? fingerprintOf(request) : null,
    expiresAt: request.expiresAt,
    content: {
      ...{ to, cc, bcc, replyTo, headers, metadata, ...prepared.content },
      branding: brandingOf(brand, prepared.category),
    },
  });
  if (message.route.lane === 'bulk') refuseBulkOn(context, message.route.category, message.route.stream);
  if (!sendsNow(message.route, request, message.createdAt)) return message;
  const leaseEnd = addMs(message.createdAt, context.timing.acceptLeaseMs);
  return { ...message, attempt: { id: newId(), lease: newId(), leaseEnd } };
}

/** Bulk always goes through its own lane; transactional mail is handed over by the request that asked for it. */
function sendsNow({ lane }: Route, { sendAt }: SendRequest, now: Date): boolean {
  return lane === 'transactional' && (sendAt === null || sendAt <= now);
}

/** A message that was accepted earlier under the same idempotency key. */
interface ExistingMessage {
  id: string;
  state: MessageState;
}

/**
 * Stores a message, in the caller's transaction or in one of its own. Resolves to the earlier message when
 * its idempotency key was known; throws `idempotency-conflict` when that was asked for otherwise.
 */
type Insert = (
  message: NewMessage,
  attachments: SendRequest['attachments'],
  caller: CallerTransaction | undefined,
) => Promise<ExistingMessage | null>;

/** See {@link Insert}. Messages that hold up nobody share a transaction. */
function createInsert({ db }: MailContext): Insert {
  const inserts = new Batcher(async (messages: NewMessage[]) => {
    await inOwnTransaction(db, trx => insertMessages(trx, messages));
  }, sharing);

  return async (message, attachments, caller) => {
    const trx = caller && (await joinTransaction(db, caller));
    const write = async (own: Trx) => {
      await insertMessages(own, [message]);
      await attachFiles(own, message.id, attachments, message.createdAt);
    };
    try {
      if (trx) await removesOnFailure(trx, message.id, () => write(trx));
      else if (canBatch(message, attachments)) await inserts.add(message);
      else await inOwnTransaction(db, write);
      return null;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // Our own row: the answer to the commit was lost and it was repeated.
      if (!trx && (await stateOf(db, message.id))) return null;
      if (!message.idempotencyKey || !message.fingerprint) throw error;
      return earlierAnswer(trx ?? db, message, message.idempotencyKey, message.fingerprint);
    }
  };
}

/** A caller may go on after our error and commit: then no half of a message may be left. */
async function removesOnFailure(trx: Trx, id: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    // The failure is what the caller has to hear of, also where it has ended the transaction or the connection.
    if (!isDuplicate(error)) await removeMessage(trx, id).catch(() => {});
    throw error;
  }
}

function inOwnTransaction(db: Db, work: (trx: Trx) => Promise<void>): Promise<void> {
  return retryOnConnectionLoss(() => inTransaction(db, work), { brief: true });
}

// Keys and files are unique: an open transaction with the same one would hold up the whole batch.
function canBatch({ idempotencyKey }: NewMessage, attachments: SendRequest['attachments']): boolean {
  return idempotencyKey === null && attachments.length === 0;
}

async function earlierAnswer(
  db: Db,
  { idempotencyScope }: NewMessage,
  key: string,
  asked: NonNullable<NewMessage['fingerprint']>,
): Promise<ExistingMessage> {
  const earlier = await findByIdempotencyKey(db, key, idempotencyScope);
  if (!earlier)
    throw new MailError(
      'idempotency-conflict',
      'The idempotency key was taken and given back.',
      'idempotencyKey',
    );
  refuseConflict(earlier.fingerprint, asked);
  return { id: earlier.id, state: earlier.state };
}

/** Throws `idempotency-conflict` for another request under the same key. */
export function refuseConflict(
  earlier: NonNullable<NewMessage['fingerprint']>,
  asked: NonNullable<NewMessage['fingerprint']>,
): void {
  const differing = differingFields(earlier, asked);
  if (differing.length > 0) {
    throw new MailError(
      'idempotency-conflict',
      `This idempotency key was used for another request; what differs: ${differing.join(', ')}.`,
      differing[0],
    );
  }
}

/** What became of one item of a batch: accepted, or refused with the error that `send` would have thrown. */
export type BatchResult = ({ ok: true } & SendResult) | { ok: false; error: MailError };

const atOnce = 8;

/** Sends many; one refused item leaves the others alone. Results are in the order of the items. */
export async function sendBatch(
  send: Send,
  items: readonly SendInput[],
  given: SendOptions,
): Promise<BatchResult[]> {
  const options = readSendOptions(given);
  const results: BatchResult[] = [];
  // One connection has one transaction: inside the caller's, one after the other.
  const width = options.trx ? 1 : atOnce;
  for (let i = 0; i < items.length; i += width) {
    results.push(...(await Promise.all(items.slice(i, i + width).map(item => sendOne(send, item, options)))));
  }
  return results;
}

async function sendOne(send: Send, item: SendInput, options: SendOptions): Promise<BatchResult> {
  try {
    return { ok: true, ...(await send(item, options)) };
  } catch (error) {
    if (error instanceof MailError) return { ok: false, error };
    throw error;
  }
}
