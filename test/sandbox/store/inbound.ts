/** A mailbox of an inbound message, the part behind `+` apart. */
export interface InboundMailbox {
  Email: string;
  Name: string;
  MailboxHash: string;
}

export type InboundStatus = 'Queued' | 'Processed' | 'Scheduled' | 'Failed' | 'Blocked';

/** A mail that came in. */
export interface InboundMessage {
  id: string;
  receivedAt: number;
  status: InboundStatus;
  /** Empty unless it was blocked. */
  blockedReason: string;
  from: InboundMailbox;
  to: InboundMailbox[];
  cc: InboundMailbox[];
  bcc: InboundMailbox[];
  /** The envelope's recipient. */
  originalRecipient: string;
  mailboxHash: string;
  subject: string;
  replyTo: string;
  /** As the sender wrote it. */
  date: string;
  tag: string;
  text: string;
  html: string;
  strippedReply: string;
  headers: { Name: string; Value: string }[];
  attachments: InboundAttachment[];
  raw: Buffer;
}

export interface InboundAttachment {
  Name: string;
  /** Base64. */
  Content: string;
  ContentType: string;
  /** Decoded bytes. */
  ContentLength: number;
  ContentID: string;
}

/** Narrows a search; every given part must match. */
export interface InboundFilter {
  status?: InboundStatus | undefined;
  recipient?: string | undefined;
  from?: string | undefined;
  tag?: string | undefined;
  subject?: string | undefined;
  mailboxHash?: string | undefined;
  since?: number | undefined;
  until?: number | undefined;
}

/** A rule that blocks the mail of an address or a domain. */
export interface InboundRule {
  id: number;
  rule: string;
}

/** Inbound mail and the rules that block some of it, oldest first. */
export class InboundStore {
  readonly #messages = new Map<string, InboundMessage>();
  readonly #rules = new Map<number, InboundRule>();
  #nextRule = 3001;

  add(message: InboundMessage): void {
    this.#messages.set(message.id, message);
  }

  get(id: string): InboundMessage | undefined {
    return this.#messages.get(id.toLowerCase());
  }

  /** Matching messages, newest first. */
  find(filter: InboundFilter): InboundMessage[] {
    return [...this.#messages.values()].filter(message => matches(message, filter)).reverse();
  }

  rules(): InboundRule[] {
    return [...this.#rules.values()];
  }

  addRule(rule: string): InboundRule {
    const added = { id: this.#nextRule++, rule };
    this.#rules.set(added.id, added);
    return added;
  }

  removeRule(id: number): boolean {
    return this.#rules.delete(id);
  }

  /** Forgets the mail of a sender. */
  forget(email: string): void {
    for (const [id, { from }] of this.#messages) {
      if (from.Email.toLowerCase() === email.toLowerCase()) this.#messages.delete(id);
    }
  }

  /** Forgets the mail; rules stay. */
  clear(): void {
    this.#messages.clear();
  }
}

function matches(message: InboundMessage, filter: InboundFilter): boolean {
  const { status, recipient, since, until, tag, mailboxHash } = filter;
  if (status !== undefined && message.status !== status) return false;
  if (since !== undefined && message.receivedAt < since) return false;
  if (until !== undefined && message.receivedAt > until) return false;
  if (tag !== undefined && message.tag !== tag) return false;
  if (mailboxHash !== undefined && message.mailboxHash !== mailboxHash) return false;
  const everyone = [message.originalRecipient, ...message.to.map(({ Email }) => Email)];
  if (recipient !== undefined && !everyone.some(email => contains(email, recipient))) return false;
  return contains(message.from.Email, filter.from) && contains(message.subject, filter.subject);
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}
