/** What is known about a message at the moment it would be handed over. */
export interface EligibilityFacts {
  now: Date;
  expiresAt: Date | null;
  /** Active suppression of the recipient on the message's stream. */
  suppression: { reason: string; origin: string } | null;
  consent: 'none' | 'opt-out' | 'opt-in';
  /** What the recipient said about the message's topic; null when nothing was said. */
  granted: boolean | null;
}

/** May it go out, and if not, which state and reason its row gets. */
export type Decision = { kind: 'send' } | { kind: 'suppressed' | 'failed'; reason: string };

/** The one home of "who must not be mailed". */
export function checkEligibility(facts: EligibilityFacts): Decision {
  if (facts.expiresAt && facts.expiresAt <= facts.now) return { kind: 'failed', reason: 'expired' };
  if (facts.suppression) {
    return {
      kind: 'suppressed',
      reason: `suppressed: ${facts.suppression.reason} (${facts.suppression.origin})`,
    };
  }
  if (facts.consent !== 'none' && facts.granted === false)
    return { kind: 'suppressed', reason: 'consent withdrawn' };
  if (facts.consent === 'opt-in' && facts.granted !== true)
    return { kind: 'suppressed', reason: 'no consent given' };
  return { kind: 'send' };
}
