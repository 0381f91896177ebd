/**
 * What can happen to a message after it was handed over; a mail that came in; what the provider added since (`other`); and what
 * says nothing that we can read. Each kind has its effect and its words: the compiler asks for both.
 */
export const eventKinds = [
  'delivered',
  'bounced',
  'soft-bounced',
  'delayed',
  'refused',
  'complained',
  'opened',
  'clicked',
  'suppressed',
  'unsuppressed',
  'auto-replied',
  'inbound',
  'other',
  'unreadable',
] as const;

/** One of {@link eventKinds}. */
export type EventKind = (typeof eventKinds)[number];

/** A fact a provider reported, normalised at the edge. */
export interface ProviderEvent {
  kind: EventKind;
  /** What makes two events of a provider the same fact, whether it was posted or listed. */
  fact: string;
  /** Our attempt id, when the event carries it. */
  attemptId: string | null;
  providerMessageId: string | null;
  stream: string | null;
  /** Present when the event named no stream: then its message's own comes before `stream`, which is the provider's default. */
  isStreamAssumed?: true;
  /** Lower-cased. */
  recipient: string | null;
  /** Present when it is about a test that somebody sent of a template: no message of ours, and counted nowhere. */
  isTest?: true;
  occurredAt: Date;
  /** Present when the provider dated it in the future; `occurredAt` is the arrival, and tells no order. */
  isOfFuture?: true;
  /**
   * Set when the provider stops (true) or resumes (false) mailing this address on this stream. `seen`: we saw it there at
   * `occurredAt` by our own clock; the provider did not date it, and it comes after all that it did.
   */
  suppresses: { active: boolean; reason: string; origin: string; seen?: true } | null;
  /** The few fields worth showing; no bodies. */
  details: Record<string, string | number | boolean | null>;
  /** The event as it came, JSON, without the mail itself. */
  raw: string;
  /** How `raw` differs from what was posted. */
  rawMarks?: readonly RawMark[];
  /** What it lacks or what of it cannot be read, such as `BouncedAt is missing`; whatever can be read still counts. */
  faults?: readonly string[];
  /** The provider's id of the server that it is about, where it says so. */
  serverId?: string;
}

/** `reprinted`: a parser of the host had read it before us; `cut`: it was longer than is kept. */
export type RawMark = 'reprinted' | 'cut';

/** What was posted: the text of a body; `isReprinted` when it was printed from what a parser had made of it. */
export interface PostedText {
  text: string;
  isReprinted?: boolean;
}

/** How an event came in: posted, found missing when lists were compared, or in the answer to an attempt. */
export type EventSource = 'webhook' | 'reconciliation' | 'answer';

/** Reads what a provider posts. */
export interface EventReader {
  /**
   * The event in one body. What the provider added since is of kind `other`, what cannot be read at all `unreadable`; only
   * what is not JSON throws {@link MalformedEvent}.
   */
  read(posted: PostedText, receivedAt: Date): ProviderEvent;
  /** What a bounce means, by `details.type` of its event; null for a type that the provider does not use. */
  describeBounce(type: string): BounceMeaning | null;
}

/** What a bounce means for us, and what can be done about it. */
export interface BounceMeaning {
  means: string;
  advice: string;
}

/** A webhook body that is not JSON, or a row of a list that is not what its provider documents. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}
