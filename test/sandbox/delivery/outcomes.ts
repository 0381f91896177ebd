import { domainOf } from '../messages/addresses.ts';
import { type BounceType, generatedBounceType } from './bounce-types.ts';

/** What becomes of a message for one recipient. */
export type Outcome =
  | { kind: 'deliver'; details: string }
  | { kind: 'complain' }
  | { kind: 'bounce'; type: BounceType; details: string };

const BLACK_HOLE = 'blackhole.postmarkapp.com';
const BOUNCE_DOMAIN = 'bounce-testing.postmarkapp.com';

/** Addresses for seeds and demonstrations, at any domain, by the start of their local part. */
const STAGED: readonly { start: string; outcome: 'HardBounce' | 'SoftBounce' | 'complain' }[] = [
  { start: 'bounce+', outcome: 'HardBounce' },
  { start: 'hardbounce', outcome: 'HardBounce' },
  { start: 'softbounce', outcome: 'SoftBounce' },
  { start: 'complain', outcome: 'complain' },
];

/** The remote server's words for each staged bounce. */
const REMOTE_ANSWERS: Readonly<Record<string, string>> = {
  HardBounce: 'smtp;550 5.1.1 The account that you tried to reach does not exist.',
  SoftBounce: 'smtp;452 4.2.2 The mailbox is full.',
};

/**
 * Decides the outcome of one recipient. `askedBounce` is the X-PM-Bounce-Type header, heeded at the generator's domain;
 * a recipient in Bcc alone does not set off the generator.
 */
export function outcomeOf(email: string, askedBounce?: string, isBlind = false): Outcome {
  const local = email.slice(0, email.lastIndexOf('@'));
  const domain = domainOf(email);
  if (domain === BLACK_HOLE || (domain === BOUNCE_DOMAIN && isBlind)) return delivered(domain);
  if (domain === BOUNCE_DOMAIN) return bounce(generatedBounceType(askedBounce ?? local));
  const staged = STAGED.find(({ start }) => local.toLowerCase().startsWith(start));
  if (!staged) return delivered(domain);
  return staged.outcome === 'complain' ? { kind: 'complain' } : bounce(generatedBounceType(staged.outcome));
}

function delivered(domain: string): Outcome {
  return { kind: 'deliver', details: `250 2.0.0 OK accepted for ${domain}` };
}

function bounce(type: BounceType): Outcome {
  return {
    kind: 'bounce',
    type,
    details: REMOTE_ANSWERS[type.type] ?? 'smtp;451 4.3.0 Staged by the local sandbox.',
  };
}
