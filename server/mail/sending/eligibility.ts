import type { MailContext } from '../context.ts';
import { type LeftOut, type LeftOutCopy, recordLeftOut } from '../messages/left-out-store.ts';
import type { StoredMessage } from '../messages/load-store.ts';
import { consentKey, consentsOf } from '../people/consent-store.ts';
import { activeSuppressions, type Suppression, suppressionKey } from '../people/suppressions-store.ts';
import type { Mailbox } from '../providers/transport.ts';
import { categoryPolicy } from '../routing/policy.ts';
import { addressKey } from '../shared/address.ts';
import type { MessageToSend } from './claims-store.ts';
import { type DeliveryResult, recordResults, type Skip, skipped } from './results-store.ts';

/** Suppression, consent and expiry for the whole page in two queries; results of what may not go out are recorded here. */
export async function filterEligible(
  context: MailContext,
  loaded: readonly MessageToSend[],
): Promise<MessageToSend[]> {
  const { db, now } = context;
  const suppressed = await activeSuppressions(
    db,
    loaded.flatMap(message => addressesOf(message).map(address => ({ stream: message.stream, address }))),
  );
  const granted = await consentsOf(
    db,
    loaded.flatMap(({ topic, recipient }) => (topic ? [{ topic, address: addressOf(recipient) }] : [])),
  );
  const refused: DeliveryResult[] = [];
  const eligible = loaded.filter(message => {
    const decision = decide(context, message, { suppressed, granted });
    if (decision.kind !== 'send') refused.push(skipped(message, decision));
    return decision.kind === 'send';
  });
  await recordResults(db, refused, now());
  const lists = eligible.map(message => copiesLeftOut(message, suppressed));
  await recordLeftOut(
    db,
    lists.flatMap(({ leftOut }) => leftOut),
  );
  return lists.map(({ message }) => message);
}

/** Active suppressions by `suppressionKey`, and what was said about topics by `consentKey`. */
export interface KnownRefusals {
  suppressed: ReadonlyMap<string, Suppression>;
  granted: ReadonlyMap<string, boolean>;
}

/** Whether a message may go out now. */
export function decide(
  { now, policy }: Pick<MailContext, 'now' | 'policy'>,
  message: StoredMessage,
  { suppressed, granted }: KnownRefusals,
): Decision {
  const address = addressOf(message.recipient);
  return checkEligibility({
    now: now(),
    expiresAt: message.expiresAt,
    suppression: suppressed.get(keyOf(message, message.recipient)) ?? null,
    consent: message.topic ? categoryPolicy(policy, message.category).consent : 'none',
    granted: granted.get(consentKey({ topic: message.topic ?? '', address })) ?? null,
  });
}

/** A provider may drop suppressed copies without a word; leaving them out here keeps our record true. */
export function copiesLeftOut<T extends StoredMessage>(
  message: T,
  suppressed: ReadonlyMap<string, Suppression>,
): { message: T; leftOut: LeftOut[] } {
  const { content } = message;
  const [first, ...further] = content.to;
  const why = (copy: Mailbox) => suppressed.get(keyOf(message, copy));
  const copies = { to: further, cc: content.cc, bcc: content.bcc };
  const roles = Object.keys(copies) as (keyof typeof copies)[];
  const found = roles.flatMap(role =>
    copies[role].flatMap((copy): LeftOutCopy[] => {
      const suppression = why(copy);
      return suppression ? [{ role, address: addressOf(copy), reason: suppressedReason(suppression) }] : [];
    }),
  );
  // What an earlier attempt left out may be allowed by now.
  if (found.length === 0 && message.leftOut.length === 0) return { message, leftOut: [] };
  const [to, cc, bcc] = roles.map(role => copies[role].filter(copy => !why(copy)));
  return {
    message: {
      ...message,
      leftOut: found,
      content: { ...content, to: [...(first ? [first] : []), ...(to ?? [])], cc: cc ?? [], bcc: bcc ?? [] },
    },
    leftOut: [{ messageId: message.id, copies: found }],
  };
}

function suppressedReason({ reason, origin }: Pick<Suppression, 'reason' | 'origin'>): string {
  return `suppressed: ${reason} (${origin})`;
}

function keyOf({ stream }: StoredMessage, mailbox: Mailbox): string {
  return suppressionKey({ stream, address: addressOf(mailbox) });
}

function addressOf({ email }: Mailbox): string {
  return addressKey(email);
}

function addressesOf({ recipient, content: { to, cc, bcc } }: MessageToSend): string[] {
  return [...new Set([recipient, ...to, ...cc, ...bcc].map(addressOf))];
}

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

/** Whether it may go out, and if not, the state and reason that its row gets. */
export type Decision = { kind: 'send' } | Skip;

/** The one rule for who must not be mailed. */
export function checkEligibility(facts: EligibilityFacts): Decision {
  if (facts.expiresAt && facts.expiresAt <= facts.now) return { kind: 'failed', reason: 'expired' };
  if (facts.suppression) {
    return {
      kind: 'suppressed',
      reason: suppressedReason(facts.suppression),
    };
  }
  if (facts.consent !== 'none' && facts.granted === false)
    return { kind: 'suppressed', reason: 'consent withdrawn' };
  if (facts.consent === 'opt-in' && facts.granted !== true)
    return { kind: 'suppressed', reason: 'no consent given' };
  return { kind: 'send' };
}
