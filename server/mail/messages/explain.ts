import type { MailContext } from '../context.ts';
import { type Consent, listConsents } from '../people/consent-store.ts';
import { readSuppression, type Suppression } from '../people/suppressions-store.ts';
import { findCategory } from '../routing/policy.ts';
import { checkEligibility, type Decision } from '../sending/eligibility.ts';
import { viewMessage } from './views-store.ts';

/** Whether a message like this one would go out now, and what that rests on. */
export interface Explanation {
  decision: Decision;
  /** The active suppression of its recipient on its stream. */
  suppression: Suppression | null;
  /** What its recipient said about its topic. */
  consent: Consent | null;
}

/** Decides as sending would at this moment, its expiry aside; null when there is no such message. */
export async function explain({ db, now, policy }: MailContext, id: string): Promise<Explanation | null> {
  const message = await viewMessage(db, id);
  if (!message) return null;
  const { stream, recipient, topic, category } = message;
  const [found, consents] = await Promise.all([
    readSuppression(db, stream, recipient),
    topic ? listConsents(db, recipient) : [],
  ]);
  const suppression = found?.active ? found : null;
  const consent = consents.find(one => one.topic === topic) ?? null;
  const decision = checkEligibility({
    now: now(),
    expiresAt: null,
    suppression,
    consent: topic ? (findCategory(policy, category)?.consent ?? 'none') : 'none',
    granted: consent?.granted ?? null,
  });
  return { decision, suppression, consent };
}
