import Joi from 'joi';
import type { EventKind, ProviderEvent } from '../event.ts';
import { attemptKey } from '../transport.ts';

/** A webhook body or API row that is not what Postmark documents. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}

/** What each bounce type says about the message. Whether the address is suppressed is `Inactive`'s to say alone. */
const bounceKinds: Record<string, EventKind> = {
  HardBounce: 'bounced',
  BadEmailAddress: 'bounced',
  Blocked: 'bounced',
  DMARCPolicy: 'bounced',
  SpamNotification: 'bounced',
  VirusNotification: 'bounced',
  ManuallyDeactivated: 'bounced',
  Unconfirmed: 'bounced',
  SpamComplaint: 'complained',
  SMTPApiError: 'refused',
  TemplateRenderingFailed: 'refused',
  SoftBounce: 'soft-bounced',
  Transient: 'soft-bounced',
  DnsError: 'soft-bounced',
  Unknown: 'soft-bounced',
  ChallengeVerification: 'auto-replied',
  AutoResponder: 'auto-replied',
  AddressChange: 'auto-replied',
  OpenRelayTest: 'auto-replied',
  Unsubscribe: 'auto-replied',
  Subscribe: 'auto-replied',
};

// Tolerant where Postmark's documents are: legacy spellings, absent Tag and Metadata, null MessageID.
const text = Joi.string().allow('', null);
const moment = Joi.date().iso().required();
const common = {
  MessageID: text,
  MessageStream: text,
  Metadata: Joi.object().pattern(Joi.string(), Joi.string().allow('')).allow(null),
};

type Payload = Record<string, unknown> & {
  MessageID?: string | null;
  MessageStream?: string | null;
  Metadata?: Record<string, string> | null;
};
interface Reading {
  kind: EventKind;
  fact: string;
  recipient: string;
  occurredAt: Date;
  suppresses?: ProviderEvent['suppresses'];
  details: ProviderEvent['details'];
}
type Reader = { schema: Joi.ObjectSchema; read(payload: never): Reading };

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

const bounce: Reader = {
  schema: Joi.object({
    ...common,
    ID: Joi.alternatives(Joi.number().unsafe(), Joi.string()).required(),
    Type: Joi.string().required(),
    Email: Joi.string().required(),
    BouncedAt: moment,
    Inactive: Joi.boolean().required(),
    Name: text,
    Details: text,
    Description: text,
  }),
  read(payload: BouncePayload) {
    const kind = bounceKinds[payload.Type] ?? 'soft-bounced';
    return {
      kind,
      // Webhook and API rows share the bounce's ID.
      fact: `bounce ${payload.ID}`,
      recipient: payload.Email,
      occurredAt: payload.BouncedAt,
      suppresses: payload.Inactive
        ? {
            active: true,
            reason: kind === 'complained' ? 'SpamComplaint' : 'HardBounce',
            origin: 'Recipient',
          }
        : null,
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

interface RecipientPayload extends Payload {
  Recipient: string;
  Details?: string | null;
}

const delivery: Reader = {
  schema: Joi.object({ ...common, Recipient: Joi.string().required(), DeliveredAt: moment, Details: text }),
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
  Recipient: Joi.string().required(),
  ReceivedAt: moment,
  Platform: text,
  OriginalLink: text,
});

const open: Reader = {
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

const click: Reader = {
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

const subscriptionChange: Reader = {
  schema: Joi.object({
    ...common,
    Recipient: Joi.string().required(),
    ChangedAt: moment,
    SuppressSending: Joi.boolean().required(),
    SuppressionReason: text,
    Origin: text,
  }),
  read(payload: SubscriptionPayload) {
    const reason = payload.SuppressionReason ?? 'ManualSuppression';
    const origin = payload.Origin ?? 'Recipient';
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

const readers: Record<string, Reader> = {
  Delivery: delivery,
  Bounce: bounce,
  SpamComplaint: bounce,
  Open: open,
  Click: click,
  SubscriptionChange: subscriptionChange,
};

/**
 * Normalises one report of Postmark: a webhook body, or a row of the bounce API, which has the same fields.
 * A RecordType we do not know becomes an event of kind `other`; a known one with missing fields throws
 * {@link MalformedEvent}.
 */
export function readEvent(payload: unknown, receivedAt: Date): ProviderEvent {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new MalformedEvent('The body is not a JSON object.');
  }
  const recordType = (payload as { RecordType?: unknown }).RecordType;
  if (typeof recordType !== 'string') throw new MalformedEvent('The body has no RecordType.');
  const reader = Object.hasOwn(readers, recordType) ? readers[recordType] : undefined;
  if (!reader) return unknownEvent(payload, recordType, receivedAt);

  const { error, value } = reader.schema.validate(payload, { allowUnknown: true, convert: true });
  if (error)
    throw new MalformedEvent(
      `${recordType}: ${String(error.details[0]?.path.join('.'))} is missing or wrong.`,
    );
  const reading = reader.read(value as never);
  return {
    ...reading,
    recipient: reading.recipient.toLowerCase(),
    suppresses: reading.suppresses ?? null,
    attemptId: attemptIdIn(value.Metadata),
    providerMessageId: messageIdIn(value.MessageID),
    stream: value.MessageStream || 'outbound',
    raw: JSON.stringify(payload),
  };
}

function unknownEvent(payload: object, recordType: string, receivedAt: Date): ProviderEvent {
  const raw = JSON.stringify(payload);
  return {
    kind: 'other',
    fact: `other ${raw}`,
    attemptId: null,
    providerMessageId: null,
    stream: null,
    recipient: null,
    occurredAt: receivedAt,
    suppresses: null,
    details: { recordType: recordType.slice(0, 64) },
    raw,
  };
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

// SMTP loses the case of metadata keys.
function attemptIdIn(metadata: Record<string, string> | null | undefined): string | null {
  const entry = Object.entries(metadata ?? {}).find(([key]) => key.toLowerCase() === attemptKey);
  return entry && /^[0-9a-f-]{36}$/.test(entry[1]) ? entry[1] : null;
}

// Changes made by a customer or administrator carry null or an all-zero id.
function messageIdIn(id: string | null | undefined): string | null {
  return id && /[1-9a-f]/i.test(id) && id.length <= 64 ? id : null;
}
