import type { MailContext } from '../context.ts';
import type { SecurityKind } from '../shared/audit-actions.ts';
import { addMs } from '../shared/time.ts';
import { countsSince } from './counts-store.ts';
import { sourcesInFull, windowMs } from './limits.ts';

/** More security events of one kind than chance and forgetfulness explain. */
export interface SecurityBurst {
  kind: 'security';
  event: SecurityKind;
  count: number;
  /** How far back was counted, in ms. */
  sinceMs: number;
}

/** From how many events in ten minutes on somebody should look; kinds without a number never raise an alert. */
export const burstsFrom: Partial<Record<SecurityKind, number>> = {
  'access.refuse': 50,
  'account.password-fail': 20,
  'do-not-contact-login.fail': 20,
  'form.forge': 100,
  'link.refuse': 50,
  'sign-in.admin-lock': 1,
  'sign-in.code-fail': 20,
  'sign-in.code-reuse': 5,
  'sign-in.fail': 20,
  'sign-in.lock': 5,
  'webhook-login.fail': 20,
};

/** The bursts that last. One is over when ten minutes have passed without an event of its kind. */
export async function securityBursts({ db, now }: Pick<MailContext, 'db' | 'now'>): Promise<SecurityBurst[]> {
  const found = await countsSince(db, addMs(now(), -windowMs), sourcesInFull);
  return found.flatMap(({ kind, events }): SecurityBurst[] =>
    events >= (burstsFrom[kind] ?? Number.POSITIVE_INFINITY)
      ? [{ kind: 'security', event: kind, count: events, sinceMs: windowMs }]
      : [],
  );
}
