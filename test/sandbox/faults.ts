/** What can be made to go wrong. The `smtp-<code>` kinds answer with that code. */
export type FaultKind =
  | 'status'
  | 'slow'
  | 'reset-before'
  | 'reset-after-accept'
  | 'timeout-after-accept'
  | 'truncated'
  | 'drop'
  | `smtp-${421 | 451 | 452 | 535 | 550 | 552 | 554}`
  | 'duplicate'
  | 'lose';

/**
 * One planned fault. `where` names a place: a REST route as in `POST /email` or `GET /bounces/{id}`, an SMTP step
 * `smtp:connect | smtp:auth | smtp:mail | smtp:rcpt | smtp:data | smtp:final`, or `webhook:<RecordType>`. A trailing
 * `*` matches any ending.
 */
export interface Fault {
  where: string;
  kind: FaultKind;
  /** How many times it strikes before it is gone; absent: for ever. */
  times?: number;
  /** Chance of striking, 0 to 1; absent: always. */
  probability?: number;
  /** Strikes only where the request, address or message contains this text. */
  matching?: string;
  /** `slow`: how long, in ms. */
  ms?: number;
  /** `status`: what to answer. */
  status?: number;
  /** `status`: a string is sent as it is, anything else as JSON. */
  body?: unknown;
  /** `status`: further headers, such as Retry-After. */
  headers?: Record<string, string>;
}

/** The faults in force. Only one strikes at a time: the first planned that matches. */
export class FaultBook {
  #faults: Fault[] = [];
  readonly #random: () => number;
  struck = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Plans a fault; the returned function takes it back. */
  add(fault: Fault): () => void {
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

  /** The fault that strikes now at `place`, if any, counted down. `text` is only called when some fault wants it. */
  take(place: string, text: () => string = () => ''): Fault | undefined {
    if (this.#faults.length === 0) return undefined;
    const fault = this.#faults.find(candidate => this.#strikes(candidate, place, text));
    if (!fault) return undefined;
    this.struck += 1;
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.#remove(fault);
    }
    return fault;
  }

  #strikes(fault: Fault, place: string, text: () => string): boolean {
    if (!matches(fault.where.toLowerCase(), place.toLowerCase())) return false;
    if (fault.matching !== undefined && !text().includes(fault.matching)) return false;
    return fault.probability === undefined || this.#random() < fault.probability;
  }

  #remove(fault: Fault): void {
    this.#faults = this.#faults.filter(other => other !== fault);
  }
}

function matches(pattern: string, place: string): boolean {
  return pattern.endsWith('*') ? place.startsWith(pattern.slice(0, -1)) : pattern === place;
}
