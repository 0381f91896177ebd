/** Faults of a REST call. `delayed`: taken, with the text that delivery may be late and without an ErrorCode. */
const REST_KINDS = [
  'status',
  'slow',
  'reset-before',
  'reset-after-accept',
  'timeout-after-accept',
  'truncated',
  'drop',
  'delayed',
] as const;

/** Faults of the SMTP dialogue. The `smtp-<code>` kinds answer with that code. */
const SMTP_KINDS = [
  'slow',
  'drop',
  'reset-after-accept',
  'timeout-after-accept',
  'smtp-421',
  'smtp-451',
  'smtp-452',
  'smtp-454',
  'smtp-535',
  'smtp-550',
  'smtp-552',
  'smtp-554',
  'tls-failure',
  'tls-untrusted',
] as const;

/** Faults of webhooks: later, after the next one, twice, never. */
const WEBHOOK_KINDS = ['slow', 'reorder', 'duplicate', 'lose'] as const;

/** What can be made to go wrong. */
export type FaultKind =
  | (typeof REST_KINDS)[number]
  | (typeof SMTP_KINDS)[number]
  | (typeof WEBHOOK_KINDS)[number];

export const FAULT_KINDS: readonly FaultKind[] = [
  ...new Set<FaultKind>([...REST_KINDS, ...SMTP_KINDS, ...WEBHOOK_KINDS]),
];

/**
 * One planned fault. `where` names a place; a trailing `*` matches any ending.
 * - a REST route, as in `POST /email` or `GET /bounces/{id}`;
 * - a step of the SMTP dialogue: `smtp:connect` (before the banner), `smtp:ehlo`, `smtp:starttls`, `smtp:auth`,
 *   `smtp:mail`, `smtp:rcpt`, `smtp:data`, `smtp:body` (when content begins to come in), `smtp:final` (at its final dot);
 * - `webhook:<RecordType>`, or `webhook:Inbound`.
 */
export interface Fault {
  where: string;
  kind: FaultKind;
  /** How often it is triggered before it is gone; absent: always. */
  times?: number;
  /** Chance of being triggered, 0 to 1; absent: always. */
  probability?: number;
  /** Triggered only where the request, address or message contains this text. */
  matching?: string;
  /** `slow` and `reorder`: how long, in ms. Default 1000. */
  ms?: number;
  /** `status`: the HTTP status to answer; absent: the one that belongs to `code`, else 500. */
  status?: number;
  /** `status`: Postmark's ErrorCode, answered with the text that belongs to it. */
  code?: number;
  /** `status`: a string is sent as it is, anything else as JSON; goes before `code`. */
  body?: unknown;
  /** `status`: further headers, such as Retry-After. */
  headers?: Record<string, string>;
}

/** The faults in force. Only one is triggered at a time: the first planned that matches. */
export class FaultPlan {
  #faults: Fault[] = [];
  readonly #random: () => number;
  readonly #isPlace: IsPlace;
  triggered = 0;

  /** `isPlace` knows the places beside those of SMTP and the webhooks: the REST routes. */
  constructor(random: () => number = Math.random, isPlace: IsPlace = () => true) {
    this.#random = random;
    this.#isPlace = isPlace;
  }

  /** Plans a fault; the returned function takes it back. Throws when such a fault can never happen. */
  add(fault: Fault): () => void {
    const wrong = whatIsWrong(fault, this.#isPlace);
    if (wrong !== null) throw new Error(wrong);
    const planned = { ...fault };
    this.#faults.push(planned);
    return () => this.#remove(planned);
  }

  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that `place` triggers now, if any, counted down. `text` is only called when some fault wants it. */
  take(place: string, text: () => string = () => ''): Fault | undefined {
    if (this.#faults.length === 0) return undefined;
    const fault = this.#faults.find(candidate => this.#applies(candidate, place, text));
    if (!fault) return undefined;
    this.triggered += 1;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#remove(fault);
    }
    return fault;
  }

  #applies(fault: Fault, place: string, text: () => string): boolean {
    if (!matchesPlace(fault.where, place)) return false;
    if (fault.matching !== undefined && !text().includes(fault.matching)) return false;
    return fault.probability === undefined || this.#random() < fault.probability;
  }

  #remove(fault: Fault): void {
    this.#faults = this.#faults.filter(other => other !== fault);
  }
}

/** Whether a REST route of this name, or one that fits a pattern, exists. */
type IsPlace = (where: string) => boolean;

/** Whether a pattern, which may end in `*`, means a place. */
export function matchesPlace(pattern: string, place: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), place.toLowerCase()];
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : wanted === given;
}

function whatIsWrong({ where, kind, times, probability }: Fault, isRoute: IsPlace): string | null {
  const isKnown = OTHER_PLACES.some(place => matchesPlace(where, place)) || isRoute(where);
  if (!isKnown) return `There is no place '${where}'.`;
  const possible = possibleAt(where);
  if (!possible.includes(kind)) return `At '${where}' the kind must be one of ${possible.join(', ')}.`;
  if (times !== undefined && !(Number.isInteger(times) && times > 0)) return 'times must be 1 or more.';
  const isChance = probability === undefined || (probability >= 0 && probability <= 1);
  return isChance ? null : 'probability must be between 0 and 1.';
}

const STEPS = ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'body', 'final'];
const EVENTS = ['Delivery', 'Bounce', 'SpamComplaint', 'Open', 'Click', 'SubscriptionChange', 'Inbound'];
const OTHER_PLACES = [...STEPS.map(step => `smtp:${step}`), ...EVENTS.map(event => `webhook:${event}`)];

function possibleAt(where: string): readonly FaultKind[] {
  const place = where.toLowerCase();
  if (place === '*') return FAULT_KINDS;
  if (place.startsWith('smtp:')) return SMTP_KINDS;
  return place.startsWith('webhook:') ? WEBHOOK_KINDS : REST_KINDS;
}
