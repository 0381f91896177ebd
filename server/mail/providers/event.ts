/** What happened to a message after it was handed over, in our words. */
export type EventKind =
  | 'delivered'
  | 'bounced'
  | 'soft-bounced'
  | 'refused'
  | 'complained'
  | 'opened'
  | 'clicked'
  | 'suppressed'
  | 'unsuppressed'
  | 'auto-replied'
  | 'other';

/** A fact a provider reported, normalised at the edge. */
export interface ProviderEvent {
  kind: EventKind;
  /** What makes two reports the same fact, whichever road they came by. */
  fact: string;
  /** Our attempt id, when the report carries it. */
  attemptId: string | null;
  providerMessageId: string | null;
  stream: string | null;
  /** Lower-cased. */
  recipient: string | null;
  /** Present when it is about a test that somebody sent of a template: no message of ours, and counted nowhere. */
  isTest?: true;
  occurredAt: Date;
  /** Set when the provider stops (true) or resumes (false) mailing this address on this stream. */
  suppresses: { active: boolean; reason: string; origin: string } | null;
  /** The few fields worth showing; no bodies. */
  details: Record<string, string | number | boolean | null>;
  /** The report as it came, JSON, without the mail itself. */
  raw: string;
}

/** Which road a report came by. */
export type EventSource = 'webhook' | 'reconciliation' | 'hand-over';
