import type { BounceType } from '../delivery/bounce-types.ts';

/** One bounce or complaint. */
export interface Bounce {
  id: number;
  type: BounceType;
  messageId: string;
  stream: string;
  email: string;
  from: string;
  subject: string;
  tag: string;
  details: string;
  content: string;
  bouncedAt: number;
  inactive: boolean;
  canActivate: boolean;
}

/** Narrows a listing; every given part must match. */
export interface BounceFilter {
  stream?: string | undefined;
  type?: string | undefined;
  inactive?: boolean | undefined;
  email?: string | undefined;
  tag?: string | undefined;
  messageId?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

const FIRST_ID = 700_000_001;

/** All bounces, in the order they happened. */
export class BounceStore {
  #bounces: Bounce[] = [];

  add(bounce: Omit<Bounce, 'id'>): Bounce {
    const stored = { ...bounce, id: FIRST_ID + this.#bounces.length };
    this.#bounces.push(stored);
    return stored;
  }

  get(id: number): Bounce | undefined {
    const bounce = this.#bounces[id - FIRST_ID];
    return bounce && !isForgotten(bounce) ? bounce : undefined;
  }

  /** Forgotten ones too: statistics keep counting them. */
  all(): readonly Bounce[] {
    return this.#bounces;
  }

  /** Matching bounces, newest first. */
  find(filter: BounceFilter): Bounce[] {
    return this.#bounces.filter(bounce => matches(bounce, filter)).reverse();
  }

  /** Marks the bounces that keep an address inactive on a stream as active again. */
  reactivate(stream: string, email: string): void {
    const wanted = email.toLowerCase();
    for (const bounce of this.#bounces) {
      if (bounce.inactive && bounce.stream === stream && bounce.email.toLowerCase() === wanted)
        bounce.inactive = false;
    }
  }

  /** Forgets what bounces say about an address; the ids of the others stay. */
  forget(email: string): void {
    for (const bounce of this.#bounces) {
      if (!isSame(bounce.email, email)) continue;
      Object.assign(bounce, { email: '', subject: '', content: '', details: '' });
    }
  }

  clear(): void {
    this.#bounces = [];
  }
}

function isForgotten({ email }: Bounce): boolean {
  return email === '';
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function matches(bounce: Bounce, filter: BounceFilter): boolean {
  if (isForgotten(bounce)) return false;
  if (filter.stream !== undefined && bounce.stream !== filter.stream) return false;
  if (filter.type !== undefined && bounce.type.type !== filter.type) return false;
  if (filter.inactive !== undefined && bounce.inactive !== filter.inactive) return false;
  if (filter.tag !== undefined && bounce.tag !== filter.tag) return false;
  if (filter.messageId !== undefined && bounce.messageId !== filter.messageId.toLowerCase()) return false;
  if (filter.since !== undefined && bounce.bouncedAt < filter.since) return false;
  if (filter.until !== undefined && bounce.bouncedAt > filter.until) return false;
  return filter.email === undefined || bounce.email.toLowerCase().includes(filter.email.toLowerCase());
}
