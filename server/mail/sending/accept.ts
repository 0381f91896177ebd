import { v7 as newId } from 'uuid';
import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { statesOf } from '../messages/insert-store.ts';
import { type NewMessage, newMessage } from '../messages/new-message.ts';
import type { MessageState } from '../messages/states.ts';
import type { Route } from '../routing/policy.ts';
import { batchCalls } from '../shared/coalesce.ts';
import { fingerprint } from '../shared/fingerprint.ts';
import { addMs } from '../shared/time.ts';
import type { ReadyTemplate } from '../templates/templates.ts';
import type { InlineQueue } from './inline-queue.ts';
import { createInsert } from './insert.ts';
import { checkSize } from './limits.ts';
import { checkSendRequest, type SendInput, type SendRequest } from './request.ts';

/** How to send. */
export interface SendOptions {
  /** The caller's transaction: the message exists when, and only when, it commits. */
  trx?: Trx;
  /** Resolve only after the hand-over, with its state. Not possible inside a transaction. */
  wait?: boolean;
}

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
export type Send = (input: SendInput, options?: SendOptions) => Promise<SendResult>;

/** See {@link Send}. Sends made at the same time share what they ask of the database. */
export function createSend(context: MailContext, queue: InlineQueue): Send {
  const insert = createInsert(context);
  const stateNow = batchCalls((ids: readonly string[]) => statesOf(context.db, ids));

  return async (input, { trx, wait = false } = {}) => {
    if (trx && wait) {
      throw new MailError(
        'invalid-input',
        'wait is not possible in a transaction: nothing leaves before it commits.',
        'wait',
      );
    }
    const request = checkSendRequest(input, context.providers.limits);
    const template = await context.templates.published(request.template);
    const data = template.check(request.data);
    checkRendered(context, template, request, data);
    const message = messageOf(context, request, template, data);

    const existing = await insert(message, request.attachments, trx);
    if (existing) return { ...existing, repeated: true };

    if (message.attempt) {
      const claim = { messageId: message.id, lease: message.attempt.lease };
      const handedOver = trx ? afterCommit(trx, () => queue.add(claim)) : queue.add(claim);
      if (wait) await handedOver;
    }
    const state = wait ? await stateNow(message.id) : null;
    return { id: message.id, state: state ?? (message.attempt ? 'sending' : 'queued'), repeated: false };
  };
}

// Rendering at the door costs a fraction of a millisecond and turns a template's fault into the caller's error.
function checkRendered(
  { providers }: MailContext,
  template: ReadyTemplate,
  request: SendRequest,
  data: Record<string, unknown>,
): void {
  const unsubscribe = providers.unsubscribePlaceholder();
  const rendered = template.render(data, { locale: request.locale, unsubscribe });
  checkSize(
    providers.limits,
    rendered,
    request.attachments.map(({ content }) => content.length),
  );
}

/** The message that a request makes, with its first attempt where this process hands it over itself. */
function messageOf(
  context: MailContext,
  request: SendRequest,
  template: ReadyTemplate,
  data: Record<string, unknown>,
): NewMessage {
  const { to, cc, bcc, replyTo, headers, metadata } = request;
  const [recipient] = to;
  if (!recipient) throw new MailError('invalid-address', 'to names nobody.', 'to');
  const message = newMessage(context, {
    category: template.content.category,
    stream: request.stream ?? undefined,
    recipient,
    templateVersionId: template.id,
    dueAt: request.sendAt,
    locale: request.locale,
    tag: request.tag,
    idempotencyKey: request.idempotencyKey,
    fingerprint: request.idempotencyKey ? fingerprintOf(request) : null,
    expiresAt: request.expiresAt,
    content: { to, cc, bcc, replyTo, data, headers, metadata },
  });
  if (!sendsNow(message.route, request, message.createdAt)) return message;
  const leaseEnd = addMs(message.createdAt, context.timing.acceptLeaseMs);
  return { ...message, attempt: { id: newId(), lease: newId(), leaseEnd } };
}

/** Bulk always goes through its own lane; transactional mail leaves with the request that asked for it. */
function sendsNow({ lane }: Route, { sendAt }: SendRequest, now: Date): boolean {
  return lane === 'transactional' && (sendAt === null || sendAt <= now);
}

function fingerprintOf({ idempotencyKey: _, attachments, ...request }: SendRequest) {
  return fingerprint({
    ...request,
    attachments: attachments.map(({ content, ...file }) => ({
      ...file,
      content: content.toString('base64'),
    })),
  });
}

/** Runs `work` once the outermost transaction has committed; a rollback leaves nothing to do. */
async function afterCommit(trx: Trx, work: () => Promise<void>): Promise<void> {
  const outermost = outermostOf(trx);
  try {
    await outermost.executionPromise;
  } catch {
    return;
  }
  await work();
}

function outermostOf(trx: Trx): Trx {
  return trx.parentTransaction ? outermostOf(trx.parentTransaction) : trx;
}

/** What became of one item of a batch: accepted, or refused with the error that `send` would have thrown. */
export type BatchResult = ({ ok: true } & SendResult) | { ok: false; error: MailError };

const atOnce = 8;

/** Sends many; one refused item leaves the others alone. Results are in the order of the items. */
export async function sendBatch(
  send: Send,
  items: readonly SendInput[],
  options: SendOptions,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  // One connection has one transaction: inside the caller's, one after the other.
  const width = options.trx ? 1 : atOnce;
  for (let i = 0; i < items.length; i += width) {
    results.push(
      ...(await Promise.all(items.slice(i, i + width).map(item => settleOne(send, item, options)))),
    );
  }
  return results;
}

async function settleOne(send: Send, item: SendInput, options: SendOptions): Promise<BatchResult> {
  try {
    return { ok: true, ...(await send(item, options)) };
  } catch (error) {
    if (error instanceof MailError) return { ok: false, error };
    throw error;
  }
}
