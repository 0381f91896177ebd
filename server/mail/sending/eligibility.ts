import type { MailContext } from '../context.ts';
import { type LeftOut, type LeftOutCopy, recordLeftOut } from '../messages/left-out-store.ts';
import type { StoredMessage } from '../messages/load-store.ts';
import { consentKey, consentsOf } from '../people/consent-store.ts';
import { type MailKind, strongestStop } from '../people/suppression.ts';
import { activeSuppressions, type Suppression } from '../people/suppressions-store.ts';
import type { Mailbox } from '../providers/transport.ts';
import { type Lanes, transactionalStreams } from '../routing/lanes.ts';
import { mailKindOf, type Routing, topicOf } from '../routing/mail-kind.ts';
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
  const suppressed = await activeSuppressions(db, loaded.flatMap(addressesOf), now());
  const granted = await consentsOf(
    db,
    loaded.flatMap(message => {
      const topic = topicOf(context, message);
      return topic ? [{ topic, address: addressOf(message.recipient) }] : [];
    }),
  );
  const refused: DeliveryResult[] = [];
  const eligible = loaded.filter(message => {
    const decision = decide(context, message, { suppressed, granted });
    if (decision.kind !== 'send') refused.push(skipped(message, decision));
    return decision.kind === 'send';
  });
  await recordResults(db, refused, now());
  const lists = eligible.map(message => copiesLeftOut(context, message, suppressed));
  await recordLeftOut(
    db,
    lists.flatMap(({ leftOut }) => leftOut),
  );
  return lists.map(({ message }) => message);
}

/** Active suppressions by address, and what was said about topics by `consentKey`. */
export interface KnownRefusals {
  suppressed: ReadonlyMap<string, readonly Suppression[]>;
  granted: ReadonlyMap<string, boolean>;
}

/** Whether a message may go out now. */
export function decide(
  context: Pick<MailContext, 'now'> & Routing & Lanes,
  message: StoredMessage,
  { suppressed, granted }: KnownRefusals,
): Decision {
  const address = addressOf(message.recipient);
  const kind = mailKindOf(context, message);
  const { decision } = decideOn(context, kind, {
    expiresAt: message.expiresAt,
    suppressions: suppressed.get(address) ?? [],
    granted: granted.get(consentKey({ topic: kind.topic ?? '', address })) ?? null,
  });
  return decision;
}

/** Whether mail of a kind may go out now to an address with these suppressions, and the strongest that stops it. */
export function decideOn(
  context: Pick<MailContext, 'now'> & Routing & Lanes,
  kind: MailKind,
  known: Pick<EligibilityFacts, 'expiresAt' | 'granted'> & { suppressions: readonly Suppression[] },
): { decision: Decision; suppression: Suppression | null } {
  const suppression = strongestStop(known.suppressions, kind, context.now());
  const decision = checkEligibility({
    now: context.now(),
    misplaced: kind.bulk && transactionalStreams(context).has(kind.stream),
    expiresAt: known.expiresAt,
    suppression,
    ...consentAsked(context, kind.category, kind),
    granted: known.granted,
  });
  return { decision, suppression };
}

/** Which consent mail of a category asks for. Of bulk mail a withdrawal counts, whatever the policy says. */
export function consentAsked(
  { policy }: Pick<Routing, 'policy'>,
  category: string,
  { topic, bulk }: MailKind,
): Pick<EligibilityFacts, 'consent'> {
  const { consent } = topic === null ? { consent: 'none' as const } : categoryPolicy(policy, category);
  return { consent: bulk && consent === 'none' ? 'opt-out' : consent };
}

/** A provider may drop suppressed copies without a word; leaving them out here keeps our record true. */
export function copiesLeftOut<T extends StoredMessage>(
  routing: Pick<MailContext, 'now'> & Routing,
  message: T,
  suppressed: KnownRefusals['suppressed'],
): { message: T; leftOut: LeftOut[] } {
  const { content } = message;
  const [first, ...further] = content.to;
  const kind = mailKindOf(routing, message);
  const why = (copy: Mailbox) => strongestStop(suppressed.get(addressOf(copy)) ?? [], kind, routing.now());
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
  /** The strongest suppression of the recipient that stops this mail. */
  suppression: { reason: string; origin: string } | null;
  consent: 'none' | 'opt-out' | 'opt-in';
  /** True for bulk mail that would go by a stream of transactional mail, such as one accepted before a change of the policy. */
  misplaced?: boolean;
  /** What the recipient said about the message's topic; null when nothing was said. */
  granted: boolean | null;
}

/** Whether it may go out, and if not, the state and reason that its row gets. */
export type Decision = { kind: 'send' } | Skip;

/** The one rule for who must not be mailed. */
export function checkEligibility(facts: EligibilityFacts): Decision {
  if (facts.expiresAt && facts.expiresAt <= facts.now) return { kind: 'failed', reason: 'expired' };
  if (facts.misplaced) return { kind: 'failed', reason: 'bulk mail on a transactional stream' };
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
