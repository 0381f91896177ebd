import { randomUUID } from 'node:crypto';
import type { StreamType } from './store/streams.ts';

/** Where webhooks go and with which Basic credentials. */
export interface WebhookOptions {
  url?: string;
  username?: string;
  password?: string;
}

/** How a sandbox is set up; everything has a default. */
export interface SandboxOptions {
  /** REST and pages; 0 or absent: any free port. */
  port?: number;
  /** SMTP; 0 or absent: any free port. */
  smtpPort?: number;
  /** The server token, for REST and as SMTP user and password; absent: a random one. */
  token?: string;
  webhook?: WebhookOptions;
  /** Time between taking a REST call and answering it, in ms. The work is done at its start. Default 0. */
  latencyMs?: number;
  /** Time from acceptance to delivery or bounce, in ms. Default 20. */
  deliveryMs?: number;
  /** Time until an accepted message shows up in searches, in ms. Default 0. */
  searchLagMs?: number;
  /** Domains one may send from; absent: any. */
  verifiedDomains?: readonly string[];
  /** Streams beside outbound, inbound and broadcast. */
  streams?: readonly { id: string; type: StreamType; name?: string }[];
  /** How many of the newest messages keep their bodies. Default 2000. */
  keepBodies?: number;
  /** How long a "minute" of the webhook retry ladder takes, in ms. Default 60000. */
  retryScale?: number;
  /** Webhooks under way at once. Default 8. */
  webhookConcurrency?: number;
  /** Time a webhook receiver has to answer, in ms. Default 10000. */
  webhookTimeoutMs?: number;
  /** Source of chance for faults, 0 to 1; for repeatable tests. */
  random?: () => number;
}

/** The options with every default filled in. */
export interface Settings {
  port: number;
  smtpPort: number;
  token: string;
  latencyMs: number;
  deliveryMs: number;
  searchLagMs: number;
  verifiedDomains: readonly string[] | null;
  streams: NonNullable<SandboxOptions['streams']>;
  keepBodies: number;
  retryScale: number;
  webhookConcurrency: number;
  webhookTimeoutMs: number;
  random: () => number;
}

export function fillDefaults(options: SandboxOptions): Settings {
  return {
    port: options.port ?? 0,
    smtpPort: options.smtpPort ?? 0,
    token: options.token ?? randomUUID(),
    latencyMs: options.latencyMs ?? 0,
    deliveryMs: options.deliveryMs ?? 20,
    searchLagMs: options.searchLagMs ?? 0,
    verifiedDomains: options.verifiedDomains?.map(domain => domain.toLowerCase()) ?? null,
    streams: options.streams ?? [],
    keepBodies: options.keepBodies ?? 2000,
    retryScale: options.retryScale ?? 60_000,
    webhookConcurrency: options.webhookConcurrency ?? 8,
    webhookTimeoutMs: options.webhookTimeoutMs ?? 10_000,
    random: options.random ?? Math.random,
  };
}
