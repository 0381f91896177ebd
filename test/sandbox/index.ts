import { type Actions, createActions } from './actions.ts';
import type { FaultBook } from './faults.ts';
import { listenHttp } from './http.ts';
import { whenIdle } from './idle.ts';
import { createProvider, type Provider, resetProvider } from './provider.ts';
import { fillDefaults, type SandboxOptions } from './settings.ts';
import { listenSmtp } from './smtp/server.ts';
import type { MessageStore } from './store/messages.ts';
import type { WebhookCounts } from './webhooks/poster.ts';

export type { Fault, FaultKind } from './faults.ts';
export type { SandboxOptions } from './settings.ts';
export type { CapturedMessage, MessageFilter } from './store/messages.ts';

/** A local Postmark: REST, SMTP and webhooks in this process, on 127.0.0.1. */
export interface Sandbox extends Actions {
  /** REST base, also the address of the pages. */
  readonly apiUrl: string;
  /** SMTP with STARTTLS; the token is user and password. */
  readonly smtpUrl: string;
  readonly token: string;
  /** The certificate of the SMTP side, PEM; give it to the client as `tls.ca`. Names localhost and 127.0.0.1. */
  readonly caCertificate: string;
  readonly messages: MessageStore;
  readonly faults: FaultBook;
  /**
   * How many accepted messages carried this attempt id as metadata `postlane-attempt`. Counts what SMTP took with a
   * 250 and then turned down as an SMTPApiError, but not what it lost without trace.
   */
  copies(attemptId: string): number;
  copiesByAttempt(): Map<string, number>;
  /** By lower-case address. */
  copiesByRecipient(): Map<string, number>;
  /** Sends events there from now on; null: nowhere. Credentials may also stand in the address. */
  setWebhook(url: string | null, credentials?: { username: string; password: string }): void;
  webhookCounts(): WebhookCounts;
  /** Resolves when nothing is on its way: no delivery pending, no webhook queued or open. */
  idle(options?: { withRetries?: boolean }): Promise<void>;
  /** Forgets all mail, bounces, suppressions, faults and pending events. */
  reset(): void;
  /** Ends every connection and frees every port and timer; what was captured can still be read. */
  close(): Promise<void>;
}

/** Starts a sandbox. Rejects when a port is taken. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const provider = createProvider(fillDefaults(options));
  if (options.webhook?.url !== undefined) setWebhook(provider, options.webhook.url, credentialsOf(options));
  const smtp = await listenSmtp(provider);
  const http = await listenHttp(provider, smtp.caCertificate).catch(async (error: unknown) => {
    await smtp.close();
    throw error;
  });
  provider.apiUrl = `http://127.0.0.1:${http.port}`;
  const { messages, faults, settings } = provider;
  return {
    ...createActions(provider),
    apiUrl: provider.apiUrl,
    smtpUrl: `smtp://127.0.0.1:${smtp.port}`,
    token: settings.token,
    caCertificate: smtp.caCertificate,
    messages,
    faults,
    copies: attemptId => messages.copies(attemptId),
    copiesByAttempt: () => messages.copiesByAttempt(),
    copiesByRecipient: () => messages.copiesByRecipient(),
    setWebhook: (url, credentials) => setWebhook(provider, url, credentials ?? credentialsOf(options)),
    webhookCounts: () => provider.webhooks.counts(),
    idle: choice => whenIdle(provider, choice?.withRetries ?? false),
    reset: () => resetProvider(provider),
    close: async () => {
      provider.departures.clear();
      provider.webhooks.close();
      await Promise.all([smtp.close(), http.close()]);
    },
  };
}

type Credentials = { username: string; password: string };

function credentialsOf({ webhook }: SandboxOptions): Credentials | undefined {
  return webhook?.username === undefined
    ? undefined
    : { username: webhook.username, password: webhook.password ?? '' };
}

function setWebhook(provider: Provider, url: string | null, credentials: Credentials | undefined): void {
  provider.webhooks.setReceiver(url, credentials);
}
