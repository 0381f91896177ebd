import { type Actions, createActions } from './actions.ts';
import { type Adjustments, adjust } from './adjust.ts';
import type { FaultPlan } from './faults/faults.ts';
import { listenHttp } from './http/server.ts';
import { fillDefaults, type SandboxOptions } from './settings.ts';
import { listenSmtp } from './smtp/listen.ts';
import type { SmtpToken } from './smtp/tokens.ts';
import { createProvider, resetProvider } from './state/create-provider.ts';
import { whenIdle, whenQuiet } from './state/idle.ts';
import type { Provider } from './state/provider.ts';
import type { DnsZone } from './store/dns.ts';
import type { MessageStore } from './store/messages.ts';
import type { WebhookCounts } from './webhooks/poster.ts';

/** A local Postmark: REST, SMTP and webhooks in this process, on 127.0.0.1 unless told otherwise. */
export interface Sandbox extends Actions {
  /** REST base, also the address of the pages. */
  readonly apiUrl: string;
  /** SMTP with STARTTLS; the token is user and password. */
  readonly smtpUrl: string;
  readonly token: string;
  /** For domains, sender signatures and servers. */
  readonly accountToken: string;
  /** The DNS that verifications of domains look into; publish here what the API asks to be published. */
  readonly dns: DnsZone;
  /** Follows the link of the mail that asks to confirm a sender signature. Throws when there is no such signature. */
  confirmSender(email: string): void;
  /** The certificate of the SMTP side, PEM; give it to the client as `tls.ca`. Names localhost and 127.0.0.1. */
  readonly caCertificate: string;
  readonly messages: MessageStore;
  readonly faults: FaultPlan;
  readonly clock: SandboxClock;
  /** Changes options while it runs: lags, the state of the account, variants. */
  adjust(changes: Adjustments): void;
  /** Makes an SMTP login for one stream. Throws when the stream cannot have one. */
  createSmtpToken(stream: string): SmtpToken;
  /** Where inbound mail goes, credentials in the address; null: nowhere. */
  setInboundWebhook(url: string | null): void;
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

/** The sandbox's own time. Dates, deliveries, search lag and webhook retries follow it; slow networks do not. */
export interface SandboxClock {
  now(): Date;
  /**
   * Moves forward by `ms`. Resolves when everything that fell due has happened, each at its own time: a webhook that
   * fails goes down its whole schedule of retries.
   */
  advance(ms: number): Promise<void>;
  /** Puts it back to where it would be had nobody moved it. */
  putBack(): void;
}

/** Starts a sandbox. Rejects when a port is taken. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const provider = createProvider(fillDefaults(options));
  const { messages, faults, settings, clock } = provider;
  if (options.webhook?.url !== undefined) setWebhook(provider, options.webhook.url, credentialsOf(options));
  provider.server.InboundHookUrl = options.inboundWebhook ?? '';
  const smtp = await listenSmtp(provider);
  const http = await listenHttp(provider, smtp.caCertificate).catch(async (error: unknown) => {
    await smtp.close();
    throw error;
  });
  provider.apiUrl = `http://${reachable(settings.host)}:${http.port}`;
  return {
    ...createActions(provider),
    apiUrl: provider.apiUrl,
    smtpUrl: `smtp://${reachable(settings.host)}:${smtp.port}`,
    token: settings.token,
    accountToken: settings.accountToken,
    dns: provider.account.dns,
    confirmSender: email => provider.account.confirmSender(email),
    caCertificate: smtp.caCertificate,
    messages,
    faults,
    clock: {
      now: () => new Date(clock.now()),
      advance: ms => clock.advance(ms, () => whenQuiet(provider)),
      putBack: () => clock.putBack(),
    },
    adjust: changes => adjust(provider, changes),
    createSmtpToken: stream => provider.smtpTokens.create(stream),
    setInboundWebhook: url => {
      provider.server.InboundHookUrl = url ?? '';
    },
    copies: attemptId => messages.copies(attemptId),
    copiesByAttempt: () => messages.copiesByAttempt(),
    copiesByRecipient: () => messages.copiesByRecipient(),
    setWebhook: (url, credentials) => setWebhook(provider, url, credentials ?? credentialsOf(options)),
    webhookCounts: () => provider.webhooks.counts(),
    idle: choice => whenIdle(provider, choice?.withRetries ?? false),
    reset: () => {
      for (const server of provider.account.servers) resetProvider(server);
    },
    close: async () => {
      for (const { departures, webhooks } of provider.account.servers) {
        departures.clear();
        webhooks.close();
      }
      clock.stop();
      await Promise.all([smtp.close(), http.close()]);
    },
  };
}

/** An address to reach a listener at, when it listens on all. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
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
