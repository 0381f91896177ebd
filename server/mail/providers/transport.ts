/** The metadata field that carries our attempt id. Lower case: SMTP loses the case of keys. */
export const attemptKey = 'postlane-attempt';

/** The tag of a test that somebody sends of a template, by which its events are known: bounce lists have no metadata. */
export const testTag = 'postlane-test';

/** A mailbox: `email` is bare and checked, `name` may hold any text without line breaks. */
export interface Mailbox {
  email: string;
  name?: string;
}

/** `"Name" <address>`, quoted so that commas in names stay names. */
export function formatMailbox({ email, name }: Mailbox): string {
  return name ? `"${name.replace(/[\\"]/g, '\\$&')}" <${email}>` : email;
}

/** A file to send along; `contentId` (without `cid:`) makes it inline. */
export interface AttachmentFile {
  name: string;
  contentType: string;
  content: Buffer;
  contentId?: string;
}

/** One rendered message as handed to a transport. */
export interface Envelope {
  /** Travels with the mail as metadata; the provider can be asked about it later. */
  attemptId: string;
  stream: string;
  from: Mailbox;
  to: Mailbox;
  cc: Mailbox[];
  bcc: Mailbox[];
  replyTo: Mailbox[];
  subject: string;
  /** Empty when there is none. */
  html: string;
  text: string;
  headers: Record<string, string>;
  /** Without the attempt id, which the transport adds itself. */
  metadata: Record<string, string>;
  tag?: string;
  /** Its links are its recipient's alone: a provider neither leads them through itself nor asks whether the mail was opened. */
  isConfidential?: boolean;
  /** Links in it to pages of ours, where its recipient decides: a provider leads nobody through itself there. */
  ownLinks?: readonly string[];
  attachments: AttachmentFile[];
}

/** An envelope around content; what is not given it does not have. */
export function envelopeOf(
  outside: Pick<Envelope, 'attemptId' | 'stream' | 'from' | 'to'> & Partial<Envelope>,
  { subject, html, text }: Pick<Envelope, 'subject' | 'html' | 'text'>,
): Envelope {
  return {
    ...{ cc: [], bcc: [], replyTo: [], headers: {}, metadata: {}, attachments: [] },
    ...outside,
    ...{ subject, html, text },
  };
}

/**
 * What became of one hand-over.
 * - `accepted`: the provider has it. `providerMessageId` is null where the protocol gives none (SMTP). `inactive`
 *   names addresses it drops all the same, without any further report.
 * - `rejected`: refused for good; `inactive` names the addresses the provider will not mail on this stream.
 * - `deferred`: certainly not accepted now; may be tried again. `retryAfterMs` when the provider said so.
 * - `unknown`: may have been accepted; must not be repeated before the provider was asked.
 * `code` is short and stable (`smtp-451`, `not-started`); `answer` is the provider's own words.
 */
export type Outcome =
  | { kind: 'accepted'; code: string; answer: string; providerMessageId: string | null; inactive?: string[] }
  | { kind: 'rejected'; code: string; answer: string; inactive: string[] }
  | { kind: 'deferred'; code: string; answer: string; retryAfterMs?: number }
  | { kind: 'unknown'; code: string; answer: string };

/** The outcome of an envelope that waited too long to be started. */
export const notStarted: Outcome = {
  kind: 'deferred',
  code: 'not-started',
  answer: 'The transport was busy.',
};

/**
 * Says whether `ms` are over, by either clock: the steady one stands still while a machine sleeps, the other may be
 * set back.
 */
export function timeWindow(ms: number): () => boolean {
  const [steadyEnd, wallEnd] = [performance.now() + ms, Date.now() + ms];
  return () => performance.now() > steadyEnd || Date.now() > wallEnd;
}

/** A way to hand over mail. */
export interface Transport {
  readonly name: string;
  /** Largest number of envelopes worth handing over in one call. */
  readonly pageSize: number;
  /**
   * One outcome per envelope, in order. Never rejects: a failure is an outcome. What has not been started within
   * `startWithinMs` must not be started any more, because its lease may be gone: `notStarted` is its outcome.
   */
  send(envelopes: readonly Envelope[], startWithinMs: number): Promise<Outcome[]>;
  close(): Promise<void>;
  /** Proves that the other side is there and lets us in, without sending anything; rejects when not, with a {@link PlainError} where it can. */
  check?(): Promise<string>;
  /**
   * Puts the recipient's own link to unsubscribe in the place of the placeholder, and into the headers. Without it bulk mail
   * has a link of ours.
   */
  readonly unsubscribes?: boolean;
  /** What it is, in a word or two, such as `SMTP`. */
  readonly kind?: string;
  /** Where it leads, without credentials, such as `smtp.example.com:587`. */
  readonly address?: string;
}

/** A failure whose message is in plain words and without secrets, to be shown to operators. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
