import type { MailContext } from '../context.ts';
import type { Mailbox } from '../providers/transport.ts';
import type { Brand } from '../routing/brands.ts';
import { chooseRoute, type Route } from '../routing/policy.ts';
import { addressKey } from '../shared/address.ts';
import type { Fingerprint } from '../shared/fingerprint.ts';
import { idAt } from '../shared/ids.ts';
import type { MessageContent } from './load-store.ts';

/** A message about to be inserted. */
export interface NewMessage extends Details {
  id: string;
  /** Present when the inserting process hands it over itself: the message is born leased, with an attempt. */
  attempt: { id: string; lease: string; leaseEnd: Date } | null;
  dueAt: Date;
  route: Route;
  brand: string | null;
  idempotencyScope: string;
  /** Null for composed mail. */
  templateVersionId: number | null;
  /** Lower-cased address. */
  recipient: string;
  recipientName: string | null;
  createdAt: Date;
}

/** What a message may have; null is for none. */
interface Details {
  campaignId: string | null;
  topic: string | null;
  locale: string | null;
  tag: string | null;
  idempotencyKey: string | null;
  fingerprint: Fingerprint | null;
  expiresAt: Date | null;
  /** Null while it is not known, and for confidential mail. */
  subject: string | null;
  /** Only its recipient may read it, whatever its template says. */
  confidential: boolean;
  /** What it can be found by. */
  metadata: Record<string, string>;
  /** Null for a campaign's message, whose content is its recipient's row. */
  content: MessageContent | null;
}

const noDetails: Details = {
  campaignId: null,
  topic: null,
  locale: null,
  tag: null,
  idempotencyKey: null,
  fingerprint: null,
  expiresAt: null,
  subject: null,
  confidential: false,
  metadata: {},
  content: null,
};

/** What every message needs. `stream` overrides the policy's. */
interface Essentials {
  brand: Brand;
  category: string;
  recipient: Mailbox;
  templateVersionId: number | null;
  stream?: string | undefined;
  dueAt?: Date | null;
}

/** A message created now, with its route chosen. The worker hands it over unless it is given an attempt. */
export function newMessage(
  { now }: Pick<MailContext, 'now'>,
  { brand, category, recipient, templateVersionId, stream, dueAt, ...details }: Essentials & Partial<Details>,
): NewMessage {
  const createdAt = now();
  const address = addressKey(recipient.email);
  return {
    ...noDetails,
    ...details,
    id: idAt(createdAt),
    attempt: null,
    dueAt: dueAt ?? createdAt,
    route: routeOf(brand, category, address, stream),
    brand: brand.name,
    idempotencyScope: details.idempotencyKey ? brand.scope : '',
    templateVersionId,
    recipient: address,
    recipientName: recipient.name ?? null,
    createdAt,
    metadata: details.metadata ?? details.content?.metadata ?? {},
  };
}

function routeOf(brand: Brand, category: string, address: string, stream: string | undefined): Route {
  const route = chooseRoute(brand.policy, category, address);
  if (stream === undefined) return route;
  return { ...route, ...brand.routeOn({ stream, transport: route.transport }) };
}
