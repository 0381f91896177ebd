import type { NewMember } from '../campaigns/audience-store.ts';
import type { Campaign } from '../campaigns/campaigns-store.ts';
import { subjectStart } from '../messages/kept-starts.ts';
import type { StoredMessage } from '../messages/load-store.ts';
import type { NewMessage } from '../messages/new-message.ts';
import { initialState, type Transition, type TransitionName, transitions } from '../messages/states.ts';
import type { MessageView } from '../messages/views-store.ts';
import type { Confirmation, Consent, ConsentChange } from '../people/consent-records.ts';
import type { RecordedChange } from '../people/suppression-changes-store.ts';
import type { Suppression } from '../people/suppressions-store.ts';
import type { AttachmentFile, Envelope } from '../providers/transport.ts';
import type { Lane } from '../routing/policy.ts';
import type { Fingerprint } from '../shared/fingerprint.ts';
import type { ReadyTemplate } from '../templates/index.ts';
import type { TopicSettings } from '../topics/topic.ts';

/** A message in memory: what its row, its content and its files would be. */
export interface Entry {
  view: MessageView;
  stored: StoredMessage;
  files: AttachmentFile[];
  lane: Lane;
  fingerprint: Fingerprint | null;
  idempotencyScope: string;
}

/** A message that was handed over. */
export interface HandedOver {
  entry: Entry;
  envelope: Envelope;
  at: Date;
}

/** A campaign with its audience, by address. */
export interface FakeCampaign {
  campaign: Campaign;
  members: Map<string, NewMember>;
}

/** What a database would hold, in the order in which it was made. */
export interface FakeLedger {
  messages: Map<string, Entry>;
  campaigns: Map<string, FakeCampaign>;
  /** By place and source, lifted ones too. */
  suppressions: Map<string, Suppression>;
  suppressionChanges: RecordedChange[];
  /** By `consentKey`. */
  consents: Map<string, Consent>;
  consentChanges: ConsentChange[];
  /** By `consentKey`. */
  confirmations: Map<string, Confirmation & { mailedAt: Date }>;
  /** What was saved of topics. */
  topics: Map<string, TopicSettings>;
  handedOver: HandedOver[];
  /** What changes came to, by scope and idempotency key. */
  answers: Map<string, { request: string; kept: unknown }>;
  /** Work after commits that is still going on. */
  inHand: Set<Promise<void>>;
}

/** An empty one. */
export function createFakeLedger(): FakeLedger {
  return {
    messages: new Map(),
    campaigns: new Map(),
    suppressions: new Map(),
    suppressionChanges: [],
    consents: new Map(),
    consentChanges: [],
    confirmations: new Map(),
    topics: new Map(),
    handedOver: [],
    answers: new Map(),
    inHand: new Set(),
  };
}

/** A message just accepted, as its row would be. */
export function entryOf(message: NewMessage, template: ReadyTemplate | null, files: AttachmentFile[]): Entry {
  const { id, route, attempt, content, recipient, recipientName, expiresAt, campaignId, topic } = message;
  const { category, stream, transport, bucket, policyVersion, lane } = route;
  const state = initialState(attempt !== null);
  const mailbox = content?.to[0] ?? {
    email: recipient,
    ...(recipientName !== null && { name: recipientName }),
  };
  const confidential = message.confidential || template?.content.confidential === true;
  const shared = { id, state, category, stream, transport, campaignId, topic, expiresAt } as const;
  const { locale, tag, templateVersionId, brand } = message;
  const outside = { locale, tag, templateVersionId, brand };
  return {
    lane,
    files,
    fingerprint: message.fingerprint,
    idempotencyScope: message.idempotencyScope,
    view: {
      ...{ ...shared, ...outside, recipient, recipientName, bucket, policyVersion, confidential },
      reason: null,
      subject: confidential || message.subject === null ? null : subjectStart(message.subject),
      idempotencyKey: message.idempotencyKey,
      dueAt: attempt ? attempt.leaseEnd : message.dueAt,
      createdAt: message.createdAt,
      ...{ sentAt: null, deliveredAt: null, bouncedAt: null, complainedAt: null, suppressedAt: null },
      ...{ failedAt: null, unknownAt: null, cancelledAt: null, openedAt: null, clickedAt: null },
      ...{ deferredAt: null, deferral: null, softBounces: 0 },
      attempts: attempt ? 1 : 0,
      template: template?.content.key ?? null,
      templateVersion: template?.version ?? null,
      metadata: message.metadata,
      leftOut: [],
    },
    stored: {
      ...{ ...shared, ...outside },
      confidential: confidential ? 1 : 0,
      lease: attempt?.lease ?? null,
      attempts: attempt ? 1 : 0,
      attemptId: attempt?.id ?? '',
      campaignState: null,
      recipient: mailbox,
      content: content ?? { ...noContent, to: [mailbox], metadata: message.metadata },
      hasAttachments: files.length > 0,
      leftOut: [],
      purged: false,
      unreadable: null,
      lastCode: null,
      notHandedOver: 0,
    },
  };
}

const noContent = { cc: [], bcc: [], replyTo: [], data: {}, headers: {} };

const stamps = {
  sent_at: 'sentAt',
  delivered_at: 'deliveredAt',
  bounced_at: 'bouncedAt',
  complained_at: 'complainedAt',
  suppressed_at: 'suppressedAt',
  failed_at: 'failedAt',
  unknown_at: 'unknownAt',
  cancelled_at: 'cancelledAt',
} as const satisfies Record<NonNullable<Transition['stamp']>, keyof MessageView>;

/** Moves a message by the table of transitions; false when that does not begin in its state. */
export function move(
  { view, stored }: Entry,
  name: TransitionName,
  { at, dueAt = null, reason = null }: { at: Date; dueAt?: Date | null; reason?: string | null },
): boolean {
  const { from, to, stamp, clears, takes, startsAttempt }: Transition = transitions[name];
  if (!from.includes(view.state)) return false;
  view.state = to;
  stored.state = to;
  if (stamp) view[stamps[stamp]] = at;
  if (takes.includes('dueAt')) view.dueAt = dueAt;
  if (takes.includes('reason')) view.reason = reason;
  if (clears.includes('dueAt')) view.dueAt = null;
  if (clears.includes('reason')) view.reason = null;
  if (clears.includes('failedAt')) view.failedAt = null;
  if (startsAttempt) {
    view.attempts += 1;
    stored.attempts += 1;
  }
  return true;
}

/** Messages of a campaign in the order in which they were made. */
export function messagesOf({ messages }: FakeLedger, campaignId: string): Entry[] {
  return [...messages.values()].filter(({ view }) => view.campaignId === campaignId);
}
