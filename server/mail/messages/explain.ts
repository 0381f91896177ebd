import type { MailContext } from '../context.ts';
import { type Consent, listConsents } from '../people/consent-store.ts';
import { strongestStop } from '../people/suppression.ts';
import { activeSuppressions, type Suppression } from '../people/suppressions-store.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { findCategory } from '../routing/policy.ts';
import { checkEligibility, consentAsked, type Decision } from '../sending/eligibility.ts';
import { viewMessage } from './views-store.ts';

/** Whether a message like this one would go out now, and what that rests on. */
export interface Explanation {
  decision: Decision;
  /** The strongest suppression of its recipient that stops it. */
  suppression: Suppression | null;
  /** What its recipient said about its topic. */
  consent: Consent | null;
}

/** Decides as sending would at this moment, its expiry aside; null when there is no such message. */
export async function explain(context: MailContext, id: string): Promise<Explanation | null> {
  const { db, now, policy } = context;
  const message = await viewMessage(db, id);
  if (!message) return null;
  const { recipient, category } = message;
  const kind = mailKindOf(context, message);
  const [suppressed, consents] = await Promise.all([
    activeSuppressions(db, [recipient], now()),
    kind.topic ? listConsents(db, recipient) : [],
  ]);
  const suppression = strongestStop(suppressed.get(recipient) ?? [], kind, now());
  const consent = consents.find(one => one.topic === kind.topic) ?? null;
  const decision = checkEligibility({
    now: now(),
    expiresAt: null,
    suppression,
    // A message can outlive its category.
    ...(findCategory(policy, category) ? consentAsked(context, category, kind) : { consent: 'none' }),
    granted: consent?.granted ?? null,
  });
  return { decision, suppression, consent };
}
