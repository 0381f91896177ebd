import type { ProviderEvent } from './event.ts';

/** What the provider's books are read through; one implementation per provider. */
export interface ReconciliationSource {
  /** Every stream that mail can be sent on. */
  streams(): Promise<string[]>;
  /** Bounces and complaints of a stream between two moments, page by page. */
  bounces(stream: string, from: Date, to: Date): AsyncIterable<BouncePage>;
  /** Our attempt of a message that the provider names by its own id; null when it knows none. */
  attemptOf(providerMessageId: string): Promise<string | null>;
  /** Everybody the provider does not mail on a stream. */
  suppressions(stream: string): Promise<ListedSuppression[]>;
  /** The event that says that an address was listed at a moment; null when the entry cannot be read as one. */
  suppression(stream: string, listed: ListedSuppression, at: Date): ProviderEvent | null;
  /** The event that says that an address is mailed again. */
  reactivation(stream: string, address: string, at: Date): ProviderEvent;
  /** Asks the provider to mail an address again; its own words when it will not. */
  reactivate(stream: string, address: string): Promise<{ done: true } | { done: false; answer: string }>;
}

/** One page of bounces, and how many more of its rows were not what the provider documents. */
export interface BouncePage {
  events: ProviderEvent[];
  unreadable: number;
}

/** An entry of the provider's list of whom it does not mail. */
export interface ListedSuppression {
  address: string;
  reason: string;
  origin: string;
  since: Date;
}
