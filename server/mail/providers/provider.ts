import type { ProviderAccount } from './account.ts';
import type { EventReader, ProviderEvent } from './event.ts';
import type { Limits } from './limits.ts';
import type { Transport } from './transport.ts';

/**
 * A company that takes mail of ours: everything the module asks of it. Only the transports are needed; what a provider
 * lacks, such as lists to be reconciled with, is left out, and the module does without.
 */
export interface Provider {
  /** Short and lower-case, for the address that it posts to and the user of its passwords. */
  readonly key: string;
  /** What people call it. */
  readonly name: string;
  readonly transports: readonly Transport[];
  /** What one message may have. */
  readonly limits?: Limits;
  /** Where mail goes until the host brings a routing policy of its own. */
  readonly defaultRoutes?: DefaultRoutes;
  /** What stands in a mail where its transports put the recipient's own link to unsubscribe. */
  readonly unsubscribePlaceholder?: string;
  /** Of one of several servers of a company. Without them its streams and transports go by their own names. */
  readonly names?: ServerNames;
  /** Asks whether it accepted an attempt. */
  readonly lookup?: Lookup;
  readonly events?: EventReader;
  readonly lists?: ProviderLists;
  readonly webhooks?: ProviderWebhooks;
  readonly account?: ProviderAccount;
  /** The one server of the provider that all of this belongs to. */
  readonly server?: ProviderServer;
}

/** What tells one server of a provider apart from its others. */
export interface ProviderServer {
  /** The secret by which it is reached; others may be given out for the same server. */
  readonly token: string;
  /** Its own id, as the provider says. Rejects when the provider cannot be asked. */
  id(): Promise<string>;
}

/** What the names that a policy uses for every server of a company are on one of them. */
export interface ServerNames {
  /** This server's own transport, with its name in place of the company's; null where it has none. */
  transport(common: string): string | null;
  /** `outlet/broadcast` for `broadcast`; what is this server's already stays. */
  stream(common: string): string;
  owns(stream: string): boolean;
}

/** A stream and a transport for each lane. */
export type DefaultRoutes = Record<'transactional' | 'bulk', { stream: string; transport: string }>;

/** What a provider says when asked about an attempt whose answer we missed. */
export type LookupAnswer =
  | { kind: 'found'; providerMessageId: string }
  | { kind: 'absent' }
  | { kind: 'unknown'; answer: string };

/** Asks the provider whether it accepted an attempt, by the id that travelled with the mail. Never rejects. */
export type Lookup = (attempt: { id: string; stream: string; handedAt: Date }) => Promise<LookupAnswer>;

/** Lists and counts of a provider, for ours to be compared with, and its rules for whom it does not mail. */
export interface ProviderLists {
  /** The same for work that nobody waits for; without it a call that fails has failed. */
  patient?(patience: Patience): ProviderLists;
  /** Every stream that mail can be sent on; with `archived` also those that took mail before. */
  streams(options?: { archived?: boolean }): Promise<string[]>;
  /** Bounces and complaints of a stream between two moments, page by page. */
  bounces(stream: string, from: Date, to: Date): AsyncIterable<BouncePage>;
  /** Our attempt of a message that the provider names by its own id; null when it knows none. */
  attemptOf(providerMessageId: string): Promise<string | null>;
  /** What it counted on a stream on a day, `YYYY-MM-DD` by its own calendar. */
  counts(stream: string, day: string): Promise<MessageCounts>;
  /** Everybody the provider does not mail on a stream. */
  suppressions(stream: string): Promise<ListedSuppression[]>;
  /** The event that says that an address was listed at a moment; null when the entry cannot be read as one. */
  suppression(stream: string, listed: ListedSuppression, at: Date): ProviderEvent | null;
  /** The event that says that an address is mailed again. */
  reactivation(stream: string, address: string, at: Date): ProviderEvent;
  /** Why the provider never lifts a suppression, in a sentence; null when it may be asked to. */
  cannotLift(suppression: SuppressionReason): string | null;
  /** Asks the provider to mail an address again; its own words when it will not. */
  reactivate(stream: string, address: string): Promise<{ done: true } | { done: false; answer: string }>;
  /** Asks the provider to mail an address no more. Without it nothing of ours is offered. */
  suppress?(stream: string, address: string): Promise<{ done: true } | { done: false; answer: string }>;
  /** Why an address is suppressed, in a few words; null for what the provider does not use. */
  describeSuppression(suppression: SuppressionReason): string | null;
}

/** How long a call is made again whose failure passes by itself, in ms; `signal` ends the waiting. */
export interface Patience {
  ms: number;
  signal?: AbortSignal | undefined;
}

/** One page of bounces, and how many more of its rows were not what the provider documents. */
export interface BouncePage {
  events: ProviderEvent[];
  unreadable: number;
}

/** Recipients of one stream on one day. */
export interface MessageCounts {
  sent: number;
  bounced: number;
  complained: number;
  /** Refused after they had been accepted. */
  refused: number;
}

/** Why an address is suppressed and by whom, in the provider's terms. */
export interface SuppressionReason {
  reason: string;
  origin: string;
}

/** An entry of the provider's list of whom it does not mail. */
export interface ListedSuppression extends SuppressionReason {
  address: string;
  since: Date;
}

/** The webhooks that are set up at a provider. */
export interface ProviderWebhooks {
  /** The transport that signs in as they do: who tests it wants to know how they stand. */
  readonly transport: string;
  /** Kinds of events that we need, in the provider's terms. */
  readonly events: readonly string[];
  /** Of all streams. */
  list(): Promise<ProviderWebhook[]>;
  /** Rejects where it is not known what became of it. */
  save(settings: WebhookSettings): Promise<SaveResult>;
}

/** Where a provider posts the events of a stream, without the password. */
export interface ProviderWebhook {
  id: string;
  stream: string;
  /** May hold a user and password: not to be shown. */
  url: string;
  /** True when it brings a user and password along. */
  signsIn: boolean;
  /** Those, where the provider tells them: to be compared, and not to be shown. */
  signIn?: { user: string; password: string } | undefined;
  /** False when the provider posts nothing for want of a good answer. */
  verified: boolean;
  /** Of {@link ProviderWebhooks.events}. */
  events: readonly string[];
}

/** A webhook to be made, or with an id changed; it is posted every one of {@link ProviderWebhooks.events}. */
export interface WebhookSettings {
  id: string | null;
  stream: string;
  url: string;
  user: string;
  password: string;
}

/** What became of a change; refused, in plain words, it was certainly not made. */
export type SaveResult = { kind: 'done' } | { kind: 'refused'; answer: string };
