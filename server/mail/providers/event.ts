/** What can happen to a message after it was handed over. Each kind has its effect and its words: the compiler asks for both. */
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
  'other',
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
  /** Lower-cased. */
  recipient: string | null;
  /** Present when it is about a test that somebody sent of a template: no message of ours, and counted nowhere. */
  isTest?: true;
  occurredAt: Date;
  /**
   * Set when the provider stops (true) or resumes (false) mailing this address on this stream. `seen`: we saw it there at
   * `occurredAt` by our own clock; the provider did not date it, and it comes after all that it did.
   */
  suppresses: { active: boolean; reason: string; origin: string; seen?: true } | null;
  /** The few fields worth showing; no bodies. */
  details: Record<string, string | number | boolean | null>;
  /** The event as it came, JSON, without the mail itself. */
  raw: string;
}

/** How an event came in: posted, found missing when lists were compared, or in the answer to an attempt. */
export type EventSource = 'webhook' | 'reconciliation' | 'answer';

/** Reads what a provider posts. */
export interface EventReader {
  /**
   * The event in one body. What the provider added since is of kind `other`; what is not of its making throws
   * {@link MalformedEvent}.
   */
  read(payload: unknown, receivedAt: Date): ProviderEvent;
  /** What a bounce means, by `details.type` of its event; null for a type that the provider does not use. */
  describeBounce(type: string): BounceMeaning | null;
}

/** What a bounce means for us, and what can be done about it. */
export interface BounceMeaning {
  means: string;
  advice: string;
}

/** A webhook body or a row of a list that is not what its provider documents. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent';
}
