import type { MailContext } from '../context.ts';
import { type LeftOut, type LeftOutCopy, recordLeftOut } from '../messages/left-out-store.ts';
import type { StoredMessage } from '../messages/load-store.ts';
import { consentKey, consentsOf } from '../people/consent-store.ts';
import { type MailKind, rankOf, strongestStop } from '../people/suppression.ts';
import { activeSuppressions, type Suppression } from '../people/suppressions-store.ts';
import type { Mailbox } from '../providers/transport.ts';
import { type Lanes, transactionalStreams } from '../routing/lanes.ts';
import { mailKindOf, type Routing, topicOf } from '../routing/mail-kind.ts';
import { findCategory } from '../routing/policy.ts';
import { addressKey } from '../shared/address.ts';
import type { Topics } from '../topics/register.ts';
import { stricter, usesStream } from '../topics/topic.ts';
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
      return topic ? addressesOf(message).map(address => ({ topic, address })) : [];
    }),
  );
  const onTopic = loaded.some(message => topicOf(context, message) !== null);
  const known = { suppressed, granted, topics: onTopic ? await context.topicRegister.all() : noTopics };
  const refused: DeliveryResult[] = [];
  const eligible = loaded.filter(message => {
    const decision = decide(context, message, known);
    if (decision.kind !== 'send') refused.push(skipped(message, decision));
    return decision.kind === 'send';
  });
  await recordResults(db, refused, now());
  const lists = eligible.map(message => copiesLeftOut(context, message, known));
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
  topics: Topics;
}

const noTopics: Topics = new Map();

/** Whether a message may go out now. */
export function decide(
  context: Pick<MailContext, 'now'> & Routing & Lanes,
  message: StoredMessage,
  { suppressed, granted, topics }: KnownRefusals,
): Decision {
  const address = addressOf(message.recipient);
  const kind = mailKindOf(context, message);
  const { decision } = decideOn(context, kind, {
    expiresAt: message.expiresAt,
    suppressions: suppressed.get(address) ?? [],
    topics,
    granted: granted.get(consentKey({ topic: kind.topic ?? '', address })) ?? null,
  });
  return decision;
}

/** Whether mail of a kind may go out now to an address with these suppressions, and the strongest that stops it. */
export function decideOn(
  context: Pick<MailContext, 'now'> & Routing & Lanes,
  kind: MailKind,
  known: Pick<EligibilityFacts, 'expiresAt' | 'granted'> & {
    suppressions: readonly Suppression[];
    topics: Topics;
  },
): { decision: Decision; suppression: Suppression | null } {
  const suppression = strongestStop(known.suppressions, kind, context.now());
  const decision = checkEligibility({
    now: context.now(),
    misplaced: kind.bulk && transactionalStreams(context).has(kind.stream),
    expiresAt: known.expiresAt,
    offTopic: kind.bulk && !usesStream(known.topics.get(kind.topic ?? ''), kind.stream),
    suppression,
    ...consentAsked(context, kind, known.topics),
    granted: known.granted,
  });
  return { decision, suppression };
}

/**
 * Which consent a kind of mail asks for: the stricter of what its category and its topic do. Of bulk mail a withdrawal counts,
 * whatever they say; transactional mail that needs none goes without asking for its topic.
 */
export function consentAsked(
  { policy }: Pick<Routing, 'policy'>,
  { category, topic, bulk }: MailKind,
  topics: Topics,
): Pick<EligibilityFacts, 'consent'> {
  // A message can outlive its category.
  const consent = findCategory(policy, category)?.consent ?? 'none';
  if (topic === null || (consent === 'none' && !bulk)) return { consent: 'none' };
  return { consent: stricter(consent, topics.get(topic)?.consent ?? 'opt-out') };
}

/** A provider may drop suppressed copies without a word; leaving them out here keeps our record true. */
export function copiesLeftOut<T extends StoredMessage>(
  routing: Pick<MailContext, 'now'> & Routing,
  message: T,
  { suppressed, granted, topics }: KnownRefusals,
): { message: T; leftOut: LeftOut[] } {
  const { content } = message;
  const [first, ...further] = content.to;
  const kind = mailKindOf(routing, message);
  const asksConsent = consentAsked(routing, kind, topics).consent !== 'none';
  const why = (copy: Mailbox) => {
    const address = addressOf(copy);
    const isWithdrawn =
      asksConsent && granted.get(consentKey({ topic: kind.topic ?? '', address })) === false;
    return refusalReason(strongestStop(suppressed.get(address) ?? [], kind, routing.now()), isWithdrawn);
  };
  const copies = { to: further, cc: content.cc, bcc: content.bcc };
  const roles = Object.keys(copies) as (keyof typeof copies)[];
  const found = roles.flatMap(role =>
    copies[role].flatMap((copy): LeftOutCopy[] => {
      const reason = why(copy);
      return reason === null ? [] : [{ role, address: addressOf(copy), reason }];
    }),
  );
  // What an earlier attempt left out may be allowed by now.
  if (found.length === 0 && message.leftOut.length === 0) return { message, leftOut: [] };
  const [to, cc, bcc] = roles.map(role => copies[role].filter(copy => why(copy) === null));
  return {
    message: {
      ...message,
      leftOut: found,
      content: { ...content, to: [...(first ? [first] : []), ...(to ?? [])], cc: cc ?? [], bcc: bcc ?? [] },
    },
    leftOut: [{ messageId: message.id, copies: found }],
  };
}

/** Why somebody is not mailed: a consent that was withdrawn weighs as much as an unsubscription. */
function refusalReason(suppression: EligibilityFacts['suppression'], isWithdrawn: boolean): string | null {
  if (suppression === null || (isWithdrawn && rankOf(suppression) > rankOf({ class: 'unsubscribe' })))
    return isWithdrawn ? 'consent withdrawn' : null;
  return `suppressed: ${suppression.reason} (${suppression.origin})`;
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
  suppression: Pick<Suppression, 'reason' | 'origin' | 'class'> | null;
  consent: 'none' | 'opt-out' | 'opt-in';
  /** True for bulk mail that would go by a stream of transactional mail, such as one accepted before a change of the policy. */
  misplaced?: boolean;
  /** True for bulk mail by a stream that its topic does not use. */
  offTopic?: boolean;
  /** What the recipient said about the message's topic; null when nothing was said. */
  granted: boolean | null;
}

/** Whether it may go out, and if not, the state and reason that its row gets. */
export type Decision = { kind: 'send' } | Skip;

/** The one rule for who must not be mailed. */
export function checkEligibility(facts: EligibilityFacts): Decision {
  if (facts.expiresAt && facts.expiresAt <= facts.now) return { kind: 'failed', reason: 'expired' };
  if (facts.misplaced) return { kind: 'failed', reason: 'bulk mail on a transactional stream' };
  if (facts.offTopic) return { kind: 'failed', reason: 'a stream that its topic does not use' };
  const isWithdrawn = facts.consent !== 'none' && facts.granted === false;
  const reason = refusalReason(facts.suppression, isWithdrawn);
  if (reason !== null) return { kind: 'suppressed', reason };
  if (facts.consent === 'opt-in' && facts.granted !== true)
    return { kind: 'suppressed', reason: 'no consent given' };
  return { kind: 'send' };
}
