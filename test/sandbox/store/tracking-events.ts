import type { Visitor } from '../delivery/visitors.ts';
import type { CapturedMessage } from './messages.ts';

/** One open or click of a recipient. */
export interface TrackingEvent {
  message: CapturedMessage;
  recipient: string;
  at: number;
  /** The recipient's first open of the message, or first click on the link. Listings show only these. */
  isFirst: boolean;
  visitor: Visitor;
  /** The link followed and the body it stood in; null for an open. */
  click: { link: string; location: 'HTML' | 'Text' } | null;
}

/** Narrows a listing; texts are compared without case, and every given part must match. */
export interface TrackingEventFilter {
  stream?: string | undefined;
  since?: number | undefined;
  messageId?: string | undefined;
  recipient?: string | undefined;
  tag?: string | undefined;
  /** Readings of a visitor and the text each must be equal to. */
  visitor?: readonly [read: (visitor: Visitor) => string, wanted: string][];
}

/** All opens, or all clicks, of a server, oldest first. */
export class TrackingEventStore {
  #events: TrackingEvent[] = [];
  readonly #seen = new Map<string, Set<string>>();

  /** Adds one, finding out whether it is the first of its kind. */
  add(event: Omit<TrackingEvent, 'isFirst'>): TrackingEvent {
    const key = `${event.recipient} ${event.click?.link ?? ''}`;
    const seen = this.#seen.get(event.message.id) ?? new Set<string>();
    this.#seen.set(event.message.id, seen);
    const added = { ...event, isFirst: !seen.has(key) };
    seen.add(key);
    this.#events.push(added);
    return added;
  }

  all(): readonly TrackingEvent[] {
    return this.#events;
  }

  /** Matching first events, newest first. */
  find(filter: TrackingEventFilter): TrackingEvent[] {
    return this.#events.filter(event => event.isFirst && matches(event, filter)).reverse();
  }

  /** Forgets what is known of a recipient. */
  forget(email: string): void {
    this.#events = this.#events.filter(({ recipient }) => recipient.toLowerCase() !== email.toLowerCase());
  }

  clear(): void {
    this.#events = [];
    this.#seen.clear();
  }
}

function matches({ message, recipient, visitor, at }: TrackingEvent, filter: TrackingEventFilter): boolean {
  if (filter.stream !== undefined && message.stream !== filter.stream) return false;
  if (filter.since !== undefined && at < filter.since) return false;
  if (filter.messageId !== undefined && message.id !== filter.messageId.toLowerCase()) return false;
  if (filter.tag !== undefined && message.tag !== filter.tag) return false;
  if (filter.recipient !== undefined && !isSame(recipient, filter.recipient)) return false;
  return (filter.visitor ?? []).every(([read, wanted]) => isSame(read(visitor), wanted));
}

function isSame(text: string, wanted: string): boolean {
  return text.toLowerCase() === wanted.toLowerCase();
}
