import type { UnsubscribeMode } from './unsubscribe-mode.ts';

/** What a provider says of the account behind our credentials: for a diagnosis. */
export interface ProviderAccount {
  /** Asks with our credentials. Never rejects. */
  read(): Promise<AccountReading>;
  /**
   * Whether it takes mail from these addresses, by credentials that see more than those for sending; null where it cannot be
   * told. Rejects where the provider refuses them or does not answer.
   */
  senders(addresses: readonly string[], accountToken: string): Promise<SenderReading[]>;
}

/** `refused`: the credentials are not for this; `unreachable`: nobody answered. */
export type AccountReading =
  | { kind: 'open'; account: OpenAccount }
  | { kind: 'refused' | 'unreachable'; answer: string; remedy: string };

/** An account that our credentials open. */
export interface OpenAccount {
  /** What people call it at the provider. */
  name: string;
  /** False for one that takes mail and delivers none. */
  delivers: boolean;
  /** Whether it takes mail by SMTP. */
  smtp: boolean;
  streams: AccountStream[];
  /** How a stream is set to each way to unsubscribe, in a sentence. */
  unsubscribeSettings?: Readonly<Record<UnsubscribeMode, string>>;
  /** What the provider takes the time to be; null when it does not say. */
  at: Date | null;
}

/** A stream that the provider has; `lane` is null for one that takes no mail of ours. */
export interface AccountStream {
  name: string;
  lane: 'transactional' | 'bulk' | null;
  archived: boolean;
  /** How bulk mail on it is unsubscribed from, where the provider tells: in its word, and what that is here; null is neither. */
  unsubscribes?: { setting: string; mode: UnsubscribeMode | null } | undefined;
}

/** Whether the provider takes mail from an address, and in its words why not. */
export interface SenderReading {
  address: string;
  verified: boolean;
  answer: string;
}
