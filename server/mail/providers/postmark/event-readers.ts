import Joi from 'joi';
import type { EventKind, ProviderEvent } from '../event.ts';
import { bounceTypeOf } from './bounce-types.ts';

// Tolerant where Postmark's documents are: legacy spellings, absent Tag and Metadata, null MessageID. Strict about what
// the effects need and what the columns hold, for Postmark repeats a 500 to no end.
const text = Joi.string().allow('', null);
const moment = Joi.date().iso().max('9999-12-31T23:59:59Z').required();
const address = Joi.string().max(254).required();
const common = {
  MessageID: text,
  MessageStream: text.pattern(/^[a-z0-9_-]{1,64}$/i),
  Metadata: Joi.object().allow(null),
};

/** What the payloads of all RecordTypes may have. */
export type Payload = Record<string, unknown> & {
  MessageID?: string | null;
  MessageStream?: string | null;
  Metadata?: Record<string, unknown> | null;
};
/** What a payload says, before what all payloads have in common is added. */
export interface Reading {
  kind: EventKind;
  fact: string;
  recipient: string;
  occurredAt: Date;
  suppresses?: ProviderEvent['suppresses'];
  details: ProviderEvent['details'];
}
/** The door of one RecordType: what it must look like, and what it says. */
export type Reader = { schema: Joi.ObjectSchema; read(payload: never): Reading };

interface BouncePayload extends Payload {
  ID: number | string;
  Type: string;
  Email: string;
  BouncedAt: Date;
  Inactive: boolean;
  Name?: string | null;
  Details?: string | null;
  Description?: string | null;
}

export const bounce: Reader = {
  schema: Joi.object({
    ...common,
    // A string first: as a number it could lose digits.
    ID: Joi.alternatives(Joi.string(), Joi.number().unsafe()).required(),
    Type: Joi.string().required(),
    Email: address,
    BouncedAt: moment,
    Inactive: Joi.boolean().required(),
    Name: text,
    Details: text,
    Description: text,
  }),
  read(payload: BouncePayload) {
    const { kind } = bounceTypeOf(payload.Type);
    return {
      kind,
      fact: bounceFact(payload),
      recipient: payload.Email,
      occurredAt: payload.BouncedAt,
      suppresses: suppressionBy(payload, kind),
      details: {
        type: payload.Type,
        bounceId: String(payload.ID),
        name: payload.Name ?? null,
        details: payload.Details ?? null,
        description: payload.Description ?? null,
      },
    };
  },
};

/** Whoever asks by reply to be unsubscribed is, though Postmark itself goes on mailing them. */
function suppressionBy({ Type, Inactive }: BouncePayload, kind: EventKind): ProviderEvent['suppresses'] {
  if (Type === 'Unsubscribe') return { active: true, reason: 'ManualSuppression', origin: 'Recipient' };
  if (!Inactive) return null;
  const reason = kind === 'complained' ? 'SpamComplaint' : 'HardBounce';
  return { active: true, reason, origin: 'Recipient' };
}

/**
 * Webhook and API rows share the bounce's ID. Postmark's have 64 bits and numbers of JSON 53: of a larger one the last
 * digits are gone and two bounces could look like one. Then further fields that both have tell them apart.
 */
function bounceFact({ ID, MessageID, Email, BouncedAt }: BouncePayload): string {
  const fact = `bounce ${ID}`;
  if (typeof ID === 'string' || Number.isSafeInteger(ID)) return fact;
  return [fact, MessageID ?? '', Email.toLowerCase(), BouncedAt.toISOString()].join(' ');
}

interface RecipientPayload extends Payload {
  Recipient: string;
  Details?: string | null;
}

export const delivery: Reader = {
  schema: Joi.object({ ...common, Recipient: address, DeliveredAt: moment, Details: text }),
  read(payload: RecipientPayload & { DeliveredAt: Date }) {
    return {
      kind: 'delivered',
      fact: factOf('delivery', payload, payload.DeliveredAt),
      recipient: payload.Recipient,
      occurredAt: payload.DeliveredAt,
      details: { answer: payload.Details ?? null },
    };
  },
};

interface InteractionPayload extends RecipientPayload {
  ReceivedAt: Date;
  Platform?: string | null;
  OriginalLink?: string | null;
}

const interactionSchema = Joi.object({
  ...common,
  Recipient: address,
  ReceivedAt: moment,
  Platform: text,
  OriginalLink: text,
});

export const open: Reader = {
  schema: interactionSchema,
  read(payload: InteractionPayload) {
    return {
      kind: 'opened',
      fact: factOf('open', payload, payload.ReceivedAt),
      recipient: payload.Recipient,
      occurredAt: payload.ReceivedAt,
      details: { platform: payload.Platform ?? null },
    };
  },
};

export const click: Reader = {
  schema: interactionSchema,
  read(payload: InteractionPayload) {
    return {
      kind: 'clicked',
      fact: factOf('click', payload, payload.ReceivedAt, payload.OriginalLink ?? ''),
      recipient: payload.Recipient,
      occurredAt: payload.ReceivedAt,
      details: { link: payload.OriginalLink ?? null, platform: payload.Platform ?? null },
    };
  },
};

interface SubscriptionPayload extends RecipientPayload {
  ChangedAt: Date;
  SuppressSending: boolean;
  SuppressionReason?: string | null;
  Origin?: string | null;
}

export const subscriptionChange: Reader = {
  schema: Joi.object({
    ...common,
    Recipient: address,
    ChangedAt: moment,
    SuppressSending: Joi.boolean().required(),
    SuppressionReason: text,
    Origin: text,
  }),
  read(payload: SubscriptionPayload) {
    const reason = word(payload.SuppressionReason ?? 'ManualSuppression');
    const origin = word(payload.Origin ?? 'Recipient');
    return {
      kind: payload.SuppressSending ? 'suppressed' : 'unsuppressed',
      fact: factOf(`subscription ${payload.SuppressSending}`, payload, payload.ChangedAt),
      recipient: payload.Recipient,
      occurredAt: payload.ChangedAt,
      suppresses: { active: payload.SuppressSending, reason, origin },
      details: { reason, origin },
    };
  },
};

/** What a column of 32 ASCII characters holds. */
function word(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 32);
}

function factOf(
  what: string,
  { MessageID, MessageStream, Recipient }: RecipientPayload,
  at: Date,
  more = '',
): string {
  return [what, MessageID ?? '', MessageStream ?? '', Recipient.toLowerCase(), at.toISOString(), more].join(
    ' ',
  );
}
