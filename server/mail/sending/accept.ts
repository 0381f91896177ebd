import { v7 as newId } from 'uuid';
import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { type NewMessage, statesOf } from '../messages/messages-store.ts';
import type { MessageState } from '../messages/states.ts';
import { unsubscribePlaceholder } from '../providers/unsubscribe.ts';
import { chooseRoute, type Route } from '../routing/policy.ts';
import { addressKey } from '../shared/address.ts';
import { batchCalls } from '../shared/coalesce.ts';
import { fingerprint } from '../shared/fingerprint.ts';
import { idAt } from '../shared/ids.ts';
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
    const request = checkSendRequest(input);
    const template = await context.templates.published(request.template);
    const data = template.check(request.data);
    checkRendered(template, request, data);
    const message = draft(context, request, template, data);

    const earlier = await insert(message, request.attachments, trx);
    if (earlier) return { ...earlier, repeated: true };

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
function checkRendered(template: ReadyTemplate, request: SendRequest, data: Record<string, unknown>): void {
  const rendered = template.render(data, { locale: request.locale, unsubscribe: unsubscribePlaceholder });
  checkSize(
    rendered,
    request.attachments.map(({ content }) => content.length),
  );
}

function draft(
  { now, policy, timing }: MailContext,
  request: SendRequest,
  template: ReadyTemplate,
  data: Record<string, unknown>,
): NewMessage {
  const [recipient] = request.to;
  if (!recipient) throw new MailError('invalid-address', 'to names nobody.', 'to');
  const createdAt = now();
  const route = chooseRoute(
    policy,
    template.content.category,
    addressKey(recipient.email),
    request.stream ?? undefined,
  );
  return {
    id: idAt(createdAt),
    attempt: sendsNow(route, request, createdAt)
      ? { id: newId(), lease: newId(), leaseEnd: new Date(createdAt.getTime() + timing.acceptLeaseMs) }
      : null,
    dueAt: request.sendAt ?? createdAt,
    route,
    templateVersionId: template.id,
    campaignId: null,
    topic: null,
    recipient: addressKey(recipient.email),
    recipientName: recipient.name ?? null,
    locale: request.locale,
    tag: request.tag,
    idempotencyKey: request.idempotencyKey,
    fingerprint: request.idempotencyKey ? fingerprintOf(request) : null,
    expiresAt: request.expiresAt,
    content: {
      to: request.to,
      cc: request.cc,
      bcc: request.bcc,
      replyTo: request.replyTo,
      data,
      headers: request.headers,
      metadata: request.metadata,
    },
    createdAt,
  };
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
