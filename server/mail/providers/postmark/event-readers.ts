import type { EventKind, ProviderEvent } from '../event.ts';
import { bounceTypeOf } from './bounce-types.ts';
import type { Fields } from './fields.ts';

/** What one RecordType says, before what all have in common is added. */
export interface Reading {
  kind: EventKind;
  /** What tells it from other facts; null for a part that could not be read, so that the whole payload has to. */
  fact: readonly (string | null)[];
  recipient: string | null;
  occurredAt: Date;
  suppresses?: ProviderEvent['suppresses'];
  details: ProviderEvent['details'];
}

/** Reads a payload of one RecordType: whatever is there counts, and what is not is noted. */
export type Reader = (fields: Fields) => Reading;

export const bounce: Reader = fields => {
  const type = bounceType(fields);
  const bounceId = idOf(fields);
  const recipient = fields.address('Email', 'Recipient');
  const inactive = fields.flag('Inactive', type !== 'SpamComplaint');
  const suppressed = inactive ?? (type !== null && deactivating.has(type));
  const kind = type === null ? (suppressed ? 'bounced' : 'soft-bounced') : bounceTypeOf(type).kind;
  return {
    kind,
    // Webhook and row of the list share all three. Ids alone are no identity: every test of a webhook has 42, and a local
    // Postmark starts with 1 at each start.
    fact: ['bounce', bounceId, messageIdPart(fields), recipient ?? ''],
    recipient,
    occurredAt: fields.moment('BouncedAt').at,
    suppresses: suppressionBy(type, kind, suppressed),
    details: {
      type: type ?? '',
      bounceId: bounceId ?? '',
      name: fields.text('Name'),
      details: fields.text('Details'),
      description: fields.text('Description'),
    },
  };
};

/** What Postmark deactivates an address for, by its documents. */
const deactivating = new Set(['HardBounce', 'SpamComplaint', 'ManuallyDeactivated']);

// The numbers of those that matter most, for a report that says its type by number alone.
const typeCodes: Readonly<Record<string, string>> = {
  1: 'HardBounce',
  2: 'Transient',
  16: 'Unsubscribe',
  4096: 'SoftBounce',
  100001: 'SpamComplaint',
  100002: 'ManuallyDeactivated',
  100007: 'SMTPApiError',
};

function bounceType(fields: Fields): string | null {
  const said = fields.needed('Type');
  if (said) return said;
  if (String(fields.payload.RecordType).toLowerCase() === 'spamcomplaint') return 'SpamComplaint';
  const code = fields.text('TypeCode') ?? '';
  return Object.hasOwn(typeCodes, code) ? (typeCodes[code] ?? null) : null;
}

/** Whoever asks by reply to be unsubscribed is, though Postmark itself goes on mailing them. */
function suppressionBy(type: string | null, kind: EventKind, inactive: boolean): ProviderEvent['suppresses'] {
  if (type === 'Unsubscribe') return { active: true, reason: 'ManualSuppression', origin: 'Recipient' };
  if (!inactive) return null;
  const reason = kind === 'complained' ? 'SpamComplaint' : 'HardBounce';
  return { active: true, reason, origin: 'Recipient' };
}

/** With all its digits: those of an id beyond what a number holds arrive as text. */
function idOf(fields: Fields): string | null {
  const id = fields.needed('ID')?.trim() ?? null;
  if (id === null || /^[!-~]{1,64}$/.test(id)) return id;
  fields.note('ID', 'cannot be read');
  return null;
}

export const delivery: Reader = fields => {
  const recipient = fields.address('Recipient', 'Email');
  const { at, said } = fields.moment('DeliveredAt');
  return {
    kind: 'delivered',
    fact: factOf('delivery', fields, recipient, said),
    recipient,
    occurredAt: at,
    details: { answer: fields.text('Details') },
  };
};

export const open: Reader = fields => {
  const recipient = fields.address('Recipient', 'Email');
  const { at, said } = fields.moment('ReceivedAt');
  return {
    kind: 'opened',
    fact: factOf('open', fields, recipient, said),
    recipient,
    occurredAt: at,
    details: { platform: fields.text('Platform') },
  };
};

export const click: Reader = fields => {
  const recipient = fields.address('Recipient', 'Email');
  const { at, said } = fields.moment('ReceivedAt');
  const link = fields.text('OriginalLink');
  return {
    kind: 'clicked',
    fact: [...factOf('click', fields, recipient, said), link ?? ''],
    recipient,
    occurredAt: at,
    details: { link, platform: fields.text('Platform') },
  };
};

export const subscriptionChange: Reader = fields => {
  const recipient = fields.address('Recipient', 'Email');
  const { at, said } = fields.moment('ChangedAt');
  const reason = fields.text('SuppressionReason');
  // Only what stops mail has a reason.
  const active = fields.flag('SuppressSending', true) ?? (reason ? true : null);
  const [why, origin] = [word(reason ?? 'ManualSuppression'), word(fields.text('Origin') ?? 'Recipient')];
  return {
    kind: active === null ? 'unreadable' : active ? 'suppressed' : 'unsuppressed',
    fact: factOf(`subscription ${active}`, fields, recipient, said),
    recipient,
    occurredAt: at,
    suppresses: active === null ? null : { active, reason: why, origin },
    details: { reason: why, origin },
  };
};

/** A mail that came in. What is done about it is not decided here: it has no effect. */
export const inbound: Reader = fields => ({
  kind: 'inbound',
  fact: ['inbound', messageIdOf(fields)],
  recipient: null,
  // Its own date is the sender's, who may say anything.
  occurredAt: fields.receivedAt,
  details: {
    from: fields.text('From'),
    to: fields.text('OriginalRecipient') ?? fields.text('To'),
    subject: fields.text('Subject'),
    mailboxHash: fields.text('MailboxHash'),
  },
});

/** A RecordType that we do not know, or a payload that says nothing we know. */
export const unknown: Reader = fields => {
  const { RecordType, Recipient, Email } = fields.payload;
  const isKnownKind = typeof RecordType === 'string' && RecordType !== '';
  const names = Recipient === undefined && Email === undefined ? [] : ['Recipient', 'Email'];
  fields.note(
    'RecordType',
    isKnownKind ? 'is unknown' : RecordType === undefined ? 'is missing' : 'cannot be read',
  );
  return {
    kind: isKnownKind ? 'other' : 'unreadable',
    fact: ['other', null],
    recipient: names.length > 0 ? fields.address(...names) : null,
    occurredAt: fields.receivedAt,
    details: { recordType: isKnownKind ? RecordType.slice(0, 64) : '' },
  };
};

/** The id of the message; changes made by a customer or administrator carry null or an all-zero one. */
export function messageIdOf(fields: Fields): string | null {
  return messageIdPart(fields) || null;
}

/** The same for a fact: empty where there is none, null where it cannot be read. */
export function messageIdPart({ payload: { MessageID: id } }: Fields): string | null {
  if (id === undefined || id === null) return '';
  if (typeof id !== 'string') return null;
  if (!/[^0-]/.test(id)) return '';
  return /^[!-~]{1,64}$/.test(id) ? id : null;
}

/** What a column of 32 ASCII characters holds. */
function word(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 32);
}

function factOf(
  what: string,
  fields: Fields,
  recipient: string | null,
  at: string | null,
): (string | null)[] {
  return [what, messageIdPart(fields), fields.text('MessageStream') ?? '', recipient ?? '', at];
}
