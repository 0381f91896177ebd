import type { MailContext } from '../context.ts';
import { notStarted, type Outcome } from '../providers/transport.ts';
import { addressKey } from '../shared/address.ts';
import { addMs } from '../shared/time.ts';
import type { MessageToSend } from './claims-store.ts';
import type { DeliveryResult, Next } from './results-store.ts';
import { retryDelay } from './retry.ts';

/** What an outcome means for the message. */
export function resultOf(context: MailContext, message: MessageToSend, outcome: Outcome): DeliveryResult {
  const { timing, now } = context;
  const { claim } = message;
  const attempt = {
    id: message.attemptId,
    outcome: outcome.kind,
    code: outcome.code,
    answer: outcome.answer,
    providerMessageId: outcome.kind === 'accepted' ? outcome.providerMessageId : null,
  };
  const reason = `${outcome.code}: ${outcome.answer}`;
  const dropped = 'inactive' in outcome && outcome.inactive?.includes(addressKey(message.recipient.email));
  switch (outcome.kind) {
    case 'accepted':
      return { claim, attempt, next: dropped ? { to: 'suppress', reason } : { to: 'send' } };
    case 'rejected':
      return { claim, attempt, next: { to: dropped ? 'suppress' : 'fail', reason } };
    case 'deferred':
      return { claim, attempt, next: retryOrFail(context, message, outcome) };
    case 'unknown':
      return {
        claim,
        attempt,
        next: { to: 'loseAnswer', dueAt: addMs(now(), timing.unknownGraceMs), reason: outcome.code },
      };
  }
}

function retryOrFail(
  { retry, now }: MailContext,
  message: MessageToSend,
  { code, retryAfterMs }: { code: string; retryAfterMs?: number },
): Next {
  // The provider was not asked: no backoff is needed, and no message may fail because we were busy.
  if (code === notStarted.code) {
    return { to: 'defer', dueAt: addMs(now(), retry.firstDelayMs), reason: code };
  }
  const attempts = message.attempts - message.notHandedOver;
  const delay = retryDelay(retry, attempts, retryAfterMs);
  return delay === null
    ? { to: 'fail', reason: `gave up after ${attempts} attempts: ${code}` }
    : { to: 'defer', dueAt: addMs(now(), delay), reason: code };
}

/** A message whose stream is not known well enough yet waits as long as that takes. */
export function withoutList(
  { retry, now }: MailContext,
  message: MessageToSend,
  why: string,
): DeliveryResult {
  const reason = 'waits until the suppressions of its stream are known';
  const attempt = { id: message.attemptId, outcome: 'skipped' as const, code: 'not-learnt', answer: why };
  return {
    claim: message.claim,
    attempt: { ...attempt, providerMessageId: null },
    next: { to: 'defer', dueAt: addMs(now(), retry.firstDelayMs), reason },
  };
}

/** A message without a route waits however long it takes: our configuration is wrong, and another process may have the right one. */
export function withoutRoute(
  { retry, now }: MailContext,
  message: MessageToSend,
  answer: string,
): DeliveryResult {
  const delay = retryDelay({ ...retry, maxAttempts: Number.POSITIVE_INFINITY }, message.attempts) ?? 0;
  const attempt = { id: message.attemptId, outcome: 'skipped' as const, code: 'no-route', answer };
  return {
    claim: message.claim,
    attempt: { ...attempt, providerMessageId: null },
    next: { to: 'defer', dueAt: addMs(now(), delay), reason: 'no-route' },
  };
}
