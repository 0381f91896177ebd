import type { ProviderEvent } from './event.ts';

/** What the provider's books are read through; one implementation per provider. */
export interface ProviderBooks {
  /** Every stream that mail can be sent on. */
  streams(): Promise<string[]>;
  /** Bounces and complaints of a stream between two moments, as events. */
  bounces(stream: string, from: Date, to: Date): AsyncIterable<ProviderEvent>;
  /** Everybody the provider does not mail on a stream, as events. */
  suppressions(stream: string): Promise<ProviderEvent[]>;
  /** The event that says that an address is mailed again. */
  reactivation(stream: string, address: string, at: Date): ProviderEvent;
  /** Asks the provider to mail an address again; its own words when it will not. */
  reactivate(stream: string, address: string): Promise<{ done: true } | { done: false; answer: string }>;
}
