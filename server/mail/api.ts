import type { Approvals } from './approvals/api.ts';
import type { Campaigns } from './campaigns/api.ts';
import type { Received } from './events/receive.ts';
import type { Events } from './events/unmatched.ts';
import type { WebhookPasswords } from './events/webhook-passwords.ts';
import type { WebhookSetup } from './events/webhook-setup.ts';
import type { Messages } from './messages/api.ts';
import type { Purged } from './messages/purge-store.ts';
import type { Health } from './monitoring/health.ts';
import type { Monitoring } from './monitoring/series.ts';
import type { Suppressions } from './people/api.ts';
import type { Consents } from './people/consent-api.ts';
import type { People } from './people/person-view.ts';
import type { BounceMeaning } from './providers/event.ts';
import type { SuppressionReason } from './providers/provider.ts';
import type { Reconciliations } from './reconciliation/reconcile.ts';
import type { ReconciliationRun } from './reconciliation/reconciliations-store.ts';
import type { Connections } from './routing/connections.ts';
import type { Lane } from './routing/policy.ts';
import type { SecurityEvents } from './security/security.ts';
import type { BatchResult, Send, SendOptions } from './sending/accept.ts';
import type { SendInput } from './sending/input.ts';
import type { Audit } from './shared/audit.ts';
import type { Log } from './shared/log.ts';
import type { MailTemplates, Rendered, TemplateInput } from './templates/index.ts';
import type { TopicsApi } from './topics/api.ts';

/** The module, as the host's features, admins and jobs use it. What it refuses throws a `MailError`. */
export interface Mail {
  /** Accepts one message; see `SendInput` and `SendOptions`. Throws a MailError, and then nothing was stored. */
  send: Send;
  /** Accepts many, each for itself; results are in the order of the items. */
  sendBatch(items: readonly SendInput[], options?: SendOptions | undefined): Promise<BatchResult[]>;

  messages: Messages;
  campaigns: Campaigns;
  suppressions: Suppressions;
  people: People;
  consent: Consents;
  topics: TopicsApi;
  templates: MailTemplates;
  reconciliations: Reconciliations;
  monitoring: Monitoring;
  connections: Connections;
  approvals: Approvals;
  audit: Audit;
  security: SecurityEvents;
  webhookPasswords: WebhookPasswords;
  webhooks: WebhookSetup;
  providers: ProviderWords;

  events: Events;

  /**
   * Takes one body of a provider's webhooks, by the provider's key; resolves after its effects are committed. `payload` is
   * the body as it was posted, text or bytes; or what a parser made of it, which is printed again to be kept. Whatever of it
   * cannot be read is kept too. Throws `MalformedEvent` for what is not JSON.
   */
  receive(provider: string, payload: unknown): Promise<Received>;

  /** What the worker's clock calls. */
  work: Work;
  log: Log;

  /**
   * What a message by a template would say, without storing or sending it; its link to unsubscribe leads nowhere. Throws
   * `unknown-template` and `invalid-data`.
   */
  render(input: RenderInput): Promise<Rendered>;
  /** How app, worker and database are: values, never a rejection, within 5 s. */
  health(): Promise<Health>;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /**
   * Finishes what is in hand, then closes connections. Sends after this are refused with `closed`. What has not been handed
   * over after `timeoutMs` (30 s by default) is left to the worker.
   */
  close(options?: { timeoutMs?: number | undefined } | undefined): Promise<void>;
}

/** Which template to render, and how. */
export type RenderInput = TemplateInput & {
  /** BCP 47, such as `nl-BE`. */
  locale?: string | null | undefined;
};

/** Who reports what becomes of mail, as people are told of it. */
export interface ProviderWords {
  /** What people call them, as pages name them. */
  names: string;
  /** What a kind of bounce means; null for one that no provider knows. */
  describeBounce(type: string): BounceMeaning | null;
  /** Why an address is suppressed, in a few words; null for what no provider uses. */
  describeSuppression(suppression: SuppressionReason): string | null;
}

/** What the worker's clock calls; each does all there is to do and may run in any number of processes at once. */
export interface Work {
  /** Hands over what is due of a lane; returns how many messages it took. */
  deliverDue(lane: Lane, signal?: AbortSignal | undefined): Promise<number>;
  /** Turns the audiences of launched campaigns into messages; returns how many it made. */
  expandCampaigns(signal?: AbortSignal | undefined): Promise<number>;
  /** Takes back what a dead process had claimed; returns how many messages. */
  recoverLeases(): Promise<number>;
  /** Asks providers about messages that may or may not have been accepted; returns how many it asked about. */
  resolveUnknowns(signal?: AbortSignal | undefined): Promise<number>;
  /** Compares yesterday with the providers' lists and repairs the differences. */
  reconcile(): Promise<ReconciliationRun[]>;
  /** Tells providers whom we suppressed on their streams of bulk mail; returns how many entries. */
  offerSuppressions(signal?: AbortSignal | undefined): Promise<number>;
  /** Counts the hours that changed; returns how many. */
  rollUp(signal?: AbortSignal | undefined): Promise<number>;
  /** Removes what is personal and large and old enough. */
  purge(): Promise<Purged>;
}
