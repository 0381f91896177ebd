import { isFaultOfRow } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { transition } from '../messages/transitions-store.ts';
import type { LookupAnswer } from '../providers/provider.ts';
import { findCategory } from '../routing/policy.ts';
import { addMs } from '../shared/time.ts';
import { claimUnknown, endLostLeases, endSearch, type UnknownMessage } from './overdue-store.ts';
import { recordAttempts } from './results-store.ts';
import { retryDelay } from './retry.ts';

const page = 100;
const parallel = 8;
const leasePage = 500;

/** Takes over the claims of processes that died. Returns how many leases had ended. */
export async function recoverLeases({ db, now, timing, log }: MailContext): Promise<number> {
  let total = 0;
  for (let ended = leasePage; ended === leasePage; total += ended) {
    const askAt = addMs(now(), timing.unknownGraceMs);
    ended = await endLostLeases(db, { limit: leasePage, now: now(), askAt });
  }
  if (total > 0) log.warn({ messages: total }, 'leases ended: taken over from a process that is gone');
  return total;
}

/**
 * Asks the provider about every attempt without an outcome; one of a server that only other processes know is left to
 * them. Found means sent; absent after the grace period
 * means that it never was accepted and may be tried again; anything else waits. Returns how many were asked about.
 */
export async function resolveUnknowns(context: MailContext, signal?: AbortSignal): Promise<number> {
  const { db, now, timing } = context;
  const transports = [...context.transports.keys()];
  let total = 0;
  while (!signal?.aborted) {
    // The next search's time doubles as this one's lease.
    const nextAskAt = addMs(now(), timing.unknownRetryMs);
    const unknowns = await claimUnknown(db, { transports, limit: page, now: now(), nextAskAt });
    for (let i = 0; i < unknowns.length; i += parallel) {
      await Promise.all(unknowns.slice(i, i + parallel).map(unknown => resolveAlone(context, unknown)));
    }
    total += unknowns.length;
    if (unknowns.length < page) break;
  }
  return total;
}

/** One that cannot be resolved stays unknown, and is asked about again; the others of its page go on. */
async function resolveAlone(context: MailContext, unknown: UnknownMessage): Promise<void> {
  try {
    await resolveOne(context, unknown);
  } catch (error) {
    if (!isFaultOfRow(error)) throw error;
    context.log.error(
      { err: error, messageId: unknown.messageId },
      'an unknown attempt could not be resolved',
    );
  }
}

async function resolveOne(context: MailContext, unknown: UnknownMessage): Promise<void> {
  const { db, now, timing } = context;
  const answer = await ask(context, unknown);
  const sinceMs = now().getTime() - unknown.handedAt.getTime();
  if (answer.kind === 'found') return settleFound(context, unknown, answer.providerMessageId);
  if (answer.kind === 'absent' && sinceMs >= timing.unknownGraceMs)
    return tryAgain(context, unknown, 'not-accepted');
  if (sinceMs < timing.unknownGiveUpMs) return;
  if (findCategory(context.policy, unknown.category)?.onUnknown === 'prefer-delivery') {
    return tryAgain(context, unknown, 'no clear answer, delivery preferred');
  }
  const reason = 'no clear answer: for an operator to decide';
  await endSearch(db, unknown.messageId, unknown.attempts, reason);
}

async function ask({ providers, log }: MailContext, unknown: UnknownMessage): Promise<LookupAnswer> {
  const { attemptId: id, stream, handedAt, transport } = unknown;
  const lookup = providers.lookupOf(transport);
  if (!lookup) return { kind: 'unknown', answer: 'this transport cannot be asked' };
  if (id === '') return { kind: 'unknown', answer: 'its attempt is not recorded' };
  try {
    return await lookup({ id, stream, handedAt });
  } catch (error) {
    // Else it would be asked about for ever, and never become an operator's to decide.
    log.error(
      { err: error, messageId: unknown.messageId },
      'the provider could not be asked about an attempt',
    );
    return { kind: 'unknown', answer: (error as Error).message };
  }
}

async function settleFound(
  { db, now }: MailContext,
  unknown: UnknownMessage,
  providerMessageId: string,
): Promise<void> {
  const answer = 'found by its metadata';
  const attempt = {
    id: unknown.attemptId,
    outcome: 'accepted' as const,
    code: 'found',
    answer,
    providerMessageId,
  };
  await recordAttempts(db, [attempt], now());
  const selection = { ids: [unknown.messageId], attempt: unknown.attempts };
  await transition(db, 'confirm', selection, { at: now() });
}

async function tryAgain(
  { db, now, retry }: MailContext,
  unknown: UnknownMessage,
  why: string,
): Promise<void> {
  const attempt = {
    id: unknown.attemptId,
    outcome: 'deferred' as const,
    code: 'not-accepted',
    answer: why,
    providerMessageId: null,
  };
  await recordAttempts(db, [attempt], now());
  const { messageId, attempts } = unknown;
  const selection = { ids: [messageId], attempt: attempts };
  if (retryDelay(retry, attempts) === null) {
    await transition(db, 'giveUp', selection, { at: now(), reason: `gave up after ${attempts} attempts` });
  } else {
    // Enough time has passed: no further delay.
    const change = { at: now(), dueAt: now(), reason: 'provably not accepted' };
    await transition(db, 'requeue', selection, change);
  }
}
