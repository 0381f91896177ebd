import type { MailContext } from '../context.ts';
import type { Consent } from '../people/consent-records.ts';
import { listConsents } from '../people/consent-store.ts';
import { activeSuppressions, type Suppression } from '../people/suppressions-store.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { type Decision, decideOn } from '../sending/eligibility.ts';
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
  const { db, now } = context;
  const message = await viewMessage(db, id);
  if (!message) return null;
  const { recipient } = message;
  const kind = mailKindOf(context, message);
  const [suppressed, consents] = await Promise.all([
    activeSuppressions(db, [recipient], now()),
    kind.topic ? listConsents(db, recipient) : [],
  ]);
  const consent = consents.find(one => one.topic === kind.topic) ?? null;
  const { decision, suppression } = decideOn(context, kind, {
    suppressions: suppressed.get(recipient) ?? [],
    ...{ expiresAt: null, granted: consent?.granted ?? null },
    topics: kind.topic ? await context.topicRegister.all() : new Map(),
  });
  return { decision, suppression, consent };
}
