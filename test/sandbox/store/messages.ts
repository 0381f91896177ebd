import type { Mailbox } from '../messages/addresses.ts';
import { ATTEMPT_KEY, AttemptIndex } from './attempt-index.ts';
import { ContentWindow, type Source } from './content-window.ts';

/** A step in the life of a message for one recipient, as the Messages API lists it. */
export interface MessageEvent {
  recipient: string;
  type: 'Delivered' | 'Transient' | 'Opened' | 'Bounced' | 'SubscriptionChanged' | 'LinkClicked';
  at: number;
  details: Readonly<Record<string, string>>;
}

/** A message the sandbox accepted. Small on purpose: hundreds of thousands are kept. */
export interface CapturedMessage {
  id: string;
  stream: string;
  via: 'rest' | 'smtp';
  /** The sender as header text. */
  from: string;
  to: readonly Mailbox[];
  cc: readonly Mailbox[];
  bcc: readonly Mailbox[];
  /** Everyone it goes to, To then Cc then Bcc, without those left out for being inactive. */
  recipients: readonly string[];
  /** Taken over SMTP and then turned down (an SMTPApiError bounce); nobody gets it. */
  refused: boolean;
  subject: string;
  tag: string;
  metadata: Record<string, string>;
  receivedAt: number;
  status: 'Queued' | 'Sent';
  trackOpens: boolean;
  trackLinks: string;
  /** How many links were rewritten; absent: none. */
  trackedLinks?: number;
  attachments: readonly string[];
  events: readonly MessageEvent[];
}

/** Narrows a search; every given part must match. */
export interface MessageFilter {
  stream?: string | undefined;
  recipient?: string | undefined;
  from?: string | undefined;
  tag?: string | undefined;
  subject?: string | undefined;
  status?: CapturedMessage['status'] | undefined;
  metadata?: { key: string; value: string } | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

/** Everything accepted so far, oldest first, with what tests count. */
export class MessageStore {
  #messages: CapturedMessage[] = [];
  readonly #byId = new Map<string, CapturedMessage>();
  readonly #attempts = new AttemptIndex<CapturedMessage>();
  readonly #copiesByRecipient = new Map<string, number>();
  readonly #contents: ContentWindow;

  constructor(keepBodies: number) {
    this.#contents = new ContentWindow(keepBodies);
  }

  get count(): number {
    return this.#messages.length;
  }

  add(message: CapturedMessage, source: Source): void {
    this.#messages.push(message);
    this.#byId.set(message.id, message);
    this.#contents.keep(message.id, source);
    this.#attempts.add(message);
    for (const email of message.refused ? [] : message.recipients) {
      const key = email.toLowerCase();
      this.#copiesByRecipient.set(key, (this.#copiesByRecipient.get(key) ?? 0) + 1);
    }
  }

  all(): readonly CapturedMessage[] {
    return this.#messages;
  }

  get(id: string): CapturedMessage | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  last(): CapturedMessage | undefined {
    return this.#messages.at(-1);
  }

  /** What was sent, while it is still in the window of kept bodies. */
  source(id: string): Source | undefined {
    return this.#contents.get(id.toLowerCase());
  }

  /** Matching messages, newest first. */
  find(filter: MessageFilter = {}): CapturedMessage[] {
    const { metadata } = filter;
    const pool =
      metadata?.key.toLowerCase() === ATTEMPT_KEY ? this.#attempts.of(metadata.value) : this.#messages;
    return pool.filter(message => this.#byId.has(message.id) && matches(message, filter)).reverse();
  }

  /** The newest message to an address. */
  lastTo(email: string): CapturedMessage | undefined {
    const wanted = email.toLowerCase();
    return this.#messages.findLast(message => message.recipients.some(one => one.toLowerCase() === wanted));
  }

  /** How many messages carried this attempt id. */
  copies(attempt: string): number {
    return this.#attempts.of(attempt).length;
  }

  copiesByAttempt(): Map<string, number> {
    return this.#attempts.copies();
  }

  /** By lower-case address; Cc and Bcc count too. */
  copiesByRecipient(): Map<string, number> {
    return new Map(this.#copiesByRecipient);
  }

  /** Forgets the mail to a recipient in listings and by id; what tests count stays. */
  forget(email: string): void {
    const wanted = email.toLowerCase();
    const concerned = ({ recipients }: CapturedMessage): boolean =>
      recipients.some(one => one.toLowerCase() === wanted);
    for (const { id } of this.#messages.filter(concerned)) this.#byId.delete(id);
    this.#messages = this.#messages.filter(message => !concerned(message));
  }

  clear(): void {
    this.#messages = [];
    this.#byId.clear();
    this.#attempts.clear();
    this.#copiesByRecipient.clear();
    this.#contents.clear();
  }
}

function matches(message: CapturedMessage, filter: MessageFilter): boolean {
  if (filter.stream !== undefined && message.stream !== filter.stream) return false;
  if (filter.since !== undefined && message.receivedAt < filter.since) return false;
  if (filter.until !== undefined && message.receivedAt > filter.until) return false;
  if (filter.status !== undefined && message.status !== filter.status) return false;
  if (filter.tag !== undefined && message.tag !== filter.tag) return false;
  if (filter.metadata && metadataValue(message, filter.metadata.key) !== filter.metadata.value) return false;
  if (filter.recipient !== undefined && !message.recipients.some(one => contains(one, filter.recipient)))
    return false;
  return contains(message.from, filter.from) && contains(message.subject, filter.subject);
}

function metadataValue(message: CapturedMessage, key: string): string | undefined {
  const exact = message.metadata[key];
  if (exact !== undefined) return exact;
  const wanted = key.toLowerCase();
  return Object.entries(message.metadata).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
