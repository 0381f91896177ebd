import type { MailContext } from '../context.ts';
import { notStarted, type Outcome } from '../providers/transport.ts';
import { addressKey } from '../shared/address.ts';
import { addMs } from '../shared/time.ts';
import type { Decision } from './eligibility.ts';
import type { MessageToSend } from './load-store.ts';
import { retryDelay } from './retry.ts';
import type { DeliveryResult } from './settle-store.ts';

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
      return { claim, attempt, next: dropped ? { state: 'suppressed', reason } : { state: 'sent' } };
    case 'rejected':
      return { claim, attempt, next: { state: dropped ? 'suppressed' : 'failed', reason } };
    case 'deferred':
      return { claim, attempt, next: retryOrFail(context, message, outcome) };
    case 'unknown':
      return {
        claim,
        attempt,
        next: { state: 'unknown', dueAt: addMs(now(), timing.unknownGraceMs), reason: outcome.code },
      };
  }
}

function retryOrFail(
  { retry, now }: MailContext,
  message: MessageToSend,
  { code, retryAfterMs }: { code: string; retryAfterMs?: number },
): DeliveryResult['next'] {
  // Nobody was asked, so nobody wants to be left alone for longer, and no message fails because we were busy.
  if (code === notStarted.code) {
    return { state: 'queued', dueAt: addMs(now(), retry.firstDelayMs), reason: code };
  }
  const delay = retryDelay(retry, message.attempts, retryAfterMs);
  return delay === null
    ? { state: 'failed', reason: `gave up after ${message.attempts} attempts: ${code}` }
    : { state: 'queued', dueAt: addMs(now(), delay), reason: code };
}

/** A message that never left the house, and why. */
export function skipped(
  message: MessageToSend,
  verdict: Exclude<Decision, { kind: 'send' }>,
): DeliveryResult {
  return {
    claim: message.claim,
    attempt: {
      id: message.attemptId,
      outcome: 'skipped',
      code: verdict.kind,
      answer: verdict.reason,
      providerMessageId: null,
    },
    next: { state: verdict.kind, reason: verdict.reason },
  };
}
