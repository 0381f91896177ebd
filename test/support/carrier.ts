import { MalformedEvent, type ProviderEvent } from '../../server/mail/providers/event.ts';
import { commonLimits } from '../../server/mail/providers/limits.ts';
import type {
  ListedSuppression,
  Provider,
  ProviderLists,
  ProviderWebhook,
} from '../../server/mail/providers/provider.ts';
import {
  type Envelope,
  notStarted,
  type Outcome,
  type Transport,
  timeWindow,
} from '../../server/mail/providers/transport.ts';

/**
 * A whole provider that is not Postmark, in memory: it has its own names, ids, event bodies and words. Mail to `gone...`
 * bounces, mail to `angry...` is complained about, and both addresses are on its list afterwards.
 */
export interface Carrier {
  provider: Provider;
  /** Envelopes that it took, in order. */
  readonly taken: Envelope[];
  /** Bodies that it made for events, in order, whether they could be posted or not. */
  readonly bodies: CarrierBody[];
  /** Posts every event since the last time to the webhooks of its channel. */
  post(): Promise<void>;
  /** Puts an address on its list, as its staff would. */
  list(channel: string, address: string): void;
  /** Takes the next mail, but its answer is lost. */
  loseAnswer(): void;
  /** Nothing answers any more. */
  goAway(): void;
}

/** What it posts. */
export interface CarrierBody {
  type: string;
  id: number;
  /** Seconds since 1970. */
  at: number;
  channel: string;
  to: string;
  msg: string | null;
  ref: string | null;
  why: string | null;
}

const channels = ['notices', 'digest'];
const eventTypes = ['msg.arrived', 'msg.returned', 'msg.abuse', 'block.on', 'block.off'];
const returned = 'nobody-there';

interface Message {
  id: string;
  envelope: Envelope;
}

/** Opens one; `now` is its clock. */
export function createCarrier(now: () => Date = () => new Date()): Carrier {
  const messages: Message[] = [];
  const bodies: CarrierBody[] = [];
  const blocked = new Map<string, ListedSuppression & { channel: string }>();
  const hooks = new Map<string, ProviderWebhook & { login: string }>();
  let posted = 0;
  let isLosing = false;
  let isAway = false;

  const answering = () => {
    if (isAway) throw new Error('connect ECONNREFUSED: the carrier is away');
  };
  const report = (body: Omit<CarrierBody, 'id' | 'at'>) => {
    bodies.push({ ...body, id: bodies.length + 1, at: Math.floor(now().getTime() / 1000) });
  };
  const block = (channel: string, address: string, reason: string, origin: string) => {
    const since = new Date(Math.floor(now().getTime() / 1000) * 1000);
    blocked.set(`${channel} ${address}`, { channel, address, reason, origin, since });
  };

  const take = (envelope: Envelope): Outcome => {
    const { stream: channel, attemptId: ref } = envelope;
    const to = envelope.to.email.toLowerCase();
    if (blocked.has(`${channel} ${to}`))
      return { kind: 'rejected', code: 'carrier-blocked', answer: `${to} is blocked`, inactive: [to] };
    const msg = `cr:${messages.length + 1}`;
    messages.push({ id: msg, envelope });
    const about = { channel, to, msg, ref };
    if (to.startsWith('gone')) {
      report({ ...about, type: 'msg.returned', why: returned });
      block(channel, to, 'returned', 'carrier');
    } else if (to.startsWith('angry')) {
      report({ ...about, type: 'msg.abuse', why: 'abuse' });
      block(channel, to, 'abuse', 'reader');
    } else report({ ...about, type: 'msg.arrived', why: null });
    if (isLosing) {
      isLosing = false;
      return { kind: 'unknown', code: 'cut-off', answer: 'the answer was lost' };
    }
    return { kind: 'accepted', code: 'carrier-ok', answer: 'taken', providerMessageId: msg };
  };

  const transport: Transport = {
    name: 'carrier',
    pageSize: 20,
    unsubscribes: true,
    kind: 'Carrier',
    address: 'carrier.example:443',
    async send(envelopes, startWithinMs) {
      const isOver = timeWindow(startWithinMs);
      return envelopes.map(envelope => (isOver() ? notStarted : take(envelope)));
    },
    async close() {},
    async check() {
      answering();
      return 'The carrier answers.';
    },
  };

  const lists: ProviderLists = {
    async streams() {
      answering();
      return channels;
    },
    async *bounces(stream, from, to) {
      const found = bodies.filter(
        ({ type, channel, at }) =>
          ['msg.returned', 'msg.abuse'].includes(type) &&
          channel === stream &&
          at * 1000 >= from.getTime() - 1000 &&
          at * 1000 <= to.getTime(),
      );
      // Its list has no references, as that of many providers.
      yield { events: found.map(body => readBody({ ...body, ref: null })), unreadable: 0 };
    },
    attemptOf: async id => messages.find(one => one.id === id)?.envelope.attemptId ?? null,
    async counts(stream) {
      const count = (type: string) =>
        bodies.filter(body => body.type === type && body.channel === stream).length;
      const sent = messages.filter(({ envelope }) => envelope.stream === stream).length;
      return { sent, bounced: count('msg.returned'), complained: count('msg.abuse'), refused: 0 };
    },
    suppressions: async stream => [...blocked.values()].filter(({ channel }) => channel === stream),
    suppression: (stream, { address, reason, origin }, at) =>
      readBody(change('block.on', stream, address, at, `${reason} ${origin}`)),
    reactivation: (stream, address, at) =>
      readBody(change('block.off', stream, address, at, 'lifted carrier')),
    cannotLift: ({ reason }) =>
      reason === 'abuse' ? 'Readers who complained are never mailed again.' : null,
    async reactivate(stream, address) {
      answering();
      return blocked.delete(`${stream} ${address}`)
        ? { done: true }
        : { done: false, answer: 'there is no such block' };
    },
    describeSuppression: ({ reason }) => suppressionWords[reason] ?? null,
  };

  const provider: Provider = {
    key: 'carrier',
    name: 'Carrier',
    transports: [transport],
    limits: { ...commonLimits, recipients: 10, metadataFields: 5 },
    defaultRoutes: {
      transactional: { stream: 'notices', transport: 'carrier' },
      bulk: { stream: 'digest', transport: 'carrier' },
    },
    unsubscribePlaceholder: '%%opt-out%%',
    async lookup({ id }) {
      if (isAway) return { kind: 'unknown', answer: 'the carrier is away' };
      const found = messages.find(({ envelope }) => envelope.attemptId === id);
      return found ? { kind: 'found', providerMessageId: found.id } : { kind: 'absent' };
    },
    events: {
      read: ({ text }) => readBody(parsed(text)),
      describeBounce: type =>
        type === returned ? { means: 'Nobody lives there.', advice: 'Ask for another address.' } : null,
    },
    lists,
    webhooks: {
      transport: 'carrier',
      events: eventTypes,
      async list() {
        answering();
        return [...hooks.values()].map(({ login: _, ...hook }) => hook);
      },
      async save({ id, stream, url, user, password }) {
        answering();
        if (!url.startsWith('http://127.0.0.1:')) return { kind: 'refused', answer: 'It cannot be reached.' };
        const key = id ?? `hook-${hooks.size + 1}`;
        const login = Buffer.from(`${user}:${password}`).toString('base64');
        hooks.set(key, {
          id: key,
          stream,
          url,
          signsIn: true,
          verified: true,
          events: eventTypes,
          login,
        });
        return { kind: 'done' };
      },
    },
  };

  return {
    provider,
    get taken() {
      return messages.map(({ envelope }) => envelope);
    },
    bodies,
    async post() {
      const fresh = bodies.slice(posted);
      posted = bodies.length;
      for (const body of fresh)
        for (const { stream, url, login } of hooks.values()) {
          if (stream !== body.channel) continue;
          const headers = { authorization: `Basic ${login}`, 'content-type': 'application/json' };
          const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
          if (!answer.ok) throw new Error(`The webhook answered ${answer.status}.`);
        }
    },
    list: (channel, address) => block(channel, address, 'staff', 'carrier'),
    loseAnswer() {
      isLosing = true;
    },
    goAway() {
      isAway = true;
    },
  };
}

const suppressionWords: Readonly<Record<string, string>> = {
  returned: 'Mail came back',
  abuse: 'Complained to the carrier',
  staff: 'Blocked by the carrier',
};

function change(type: string, channel: string, to: string, at: Date, why: string): CarrierBody {
  return { type, id: 0, at: at.getTime() / 1000, channel, to, msg: null, ref: null, why };
}

const kinds: Readonly<Record<string, ProviderEvent['kind']>> = {
  'msg.arrived': 'delivered',
  'msg.returned': 'bounced',
  'msg.abuse': 'complained',
  'block.on': 'suppressed',
  'block.off': 'unsuppressed',
};

function readBody(payload: unknown, receivedAt = new Date()): ProviderEvent {
  if (typeof payload !== 'object' || payload === null || !('type' in payload))
    throw new MalformedEvent('The body has no type.');
  const { type, id, at, channel, to, msg, ref, why } = payload as Partial<CarrierBody>;
  const kind = kinds[String(type)] ?? 'other';
  if (kind !== 'other' && (typeof to !== 'string' || typeof at !== 'number'))
    throw new MalformedEvent(`${type}: to or at is missing.`);
  const [reason = '', origin = ''] = String(why ?? '').split(' ');
  return {
    kind,
    fact: [type, id || JSON.stringify([channel, to, at])].join(' '),
    attemptId: ref ?? null,
    providerMessageId: msg ?? null,
    stream: channel ?? null,
    recipient: to?.toLowerCase() ?? null,
    occurredAt: typeof at === 'number' ? new Date(at * 1000) : receivedAt,
    suppresses: suppressionOf(kind, reason, origin),
    details: { type: why ?? null, recordType: String(type) },
    raw: JSON.stringify(payload),
  };
}

function suppressionOf(kind: string, reason: string, origin: string): ProviderEvent['suppresses'] {
  if (kind === 'bounced') return { active: true, reason: 'returned', origin: 'carrier' };
  if (kind === 'complained') return { active: true, reason: 'abuse', origin: 'reader' };
  if (kind === 'suppressed') return { active: true, reason, origin };
  return kind === 'unsuppressed' ? { active: false, reason, origin } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedEvent('The body is not JSON.');
  }
}
