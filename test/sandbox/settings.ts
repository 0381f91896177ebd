import { randomUUID } from 'node:crypto';
import type { StreamType } from './store/streams.ts';
import { chooseVariants, type Variants } from './variants.ts';

/** Where webhooks go and with which Basic credentials. */
export interface WebhookOptions {
  url?: string;
  username?: string;
  password?: string;
}

/** What Postmark grants an account on request. */
export interface Approvals {
  /** Default true. */
  bulk: boolean;
  /** Own unsubscribe links on broadcast streams. Default false. */
  customUnsubscribe: boolean;
  /** Deleting servers over the API. Default false. */
  deleteServers: boolean;
  /** Having the data of a recipient removed. Default true. */
  dataRemovals: boolean;
}

/** Whether an account may send: `pending` to the sender's own domain only (code 412); the last two not (405, 413). */
export const ACCOUNT_STATES = ['approved', 'pending', 'out-of-credits', 'blocked'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** Whose links people unsubscribe from a broadcast stream by. */
export const BROADCAST_HANDLINGS = ['Postmark', 'Custom'] as const;
export type BroadcastHandling = (typeof BROADCAST_HANDLINGS)[number];

/** How a sandbox is set up; everything has a default. */
export interface SandboxOptions {
  /** REST and pages; 0 or absent: any free port. */
  port?: number;
  /** SMTP; 0 or absent: any free port. */
  smtpPort?: number;
  /** The address to listen on. Default 127.0.0.1; anything else opens the sandbox to the network. */
  host?: string;
  /** Names beside loopback by which browsers may reach the pages and the control surface. Default none. */
  allowedHosts?: readonly string[];
  /** The server token, for REST and as SMTP user and password; absent: a random one. */
  token?: string;
  /** The account token, for domains, sender signatures and servers; absent: a random one. */
  accountToken?: string;
  approvals?: Partial<Approvals>;
  /** How broadcast streams are set while nobody says otherwise; Custom is approved then. Default Postmark. */
  unsubscribeHandling?: BroadcastHandling;
  /** Default approved. */
  accountState?: AccountState;
  webhook?: WebhookOptions;
  /** Where inbound mail goes, credentials in the address; absent: nowhere. */
  inboundWebhook?: string;
  /** Time between taking a REST call and answering it, in ms. The work is done at its start. Default 0. */
  latencyMs?: number;
  /** Time from acceptance to delivery or bounce, in ms. Default 20. */
  deliveryMs?: number;
  /** Time until an accepted message shows up in searches, in ms. Default 0. */
  searchLagMs?: number;
  /** Domains one may send from at once; absent: any domain, whatever the account holds. */
  verifiedDomains?: readonly string[];
  /** Streams beside outbound, inbound and broadcast. */
  streams?: readonly { id: string; type: StreamType; name?: string }[];
  /** What time its clock says to begin with, for a history that is walked through; absent: real time. */
  startAt?: Date;
  /** How many of the newest messages keep their bodies. Default 2000. */
  keepBodies?: number;
  /** How long a "minute" of the webhook retry schedule takes, in ms. Default 60000. */
  retryScale?: number;
  /** Webhooks under way at once. Default 8. */
  webhookConcurrency?: number;
  /** Time a webhook receiver has to answer, in ms. Default 10000. */
  webhookTimeoutMs?: number;
  /** Events a configured webhook may lose in a row until that kind is paused (unverified); absent: never paused. */
  webhookPauseAfter?: number;
  /** Time until a suppression shows up in a dump, in ms. Sends heed it at once. Default 0. */
  suppressionLagMs?: number;
  /** The other behaviours where Postmark's own is unknown or told in two ways. */
  variants?: Partial<Variants>;
  /** Source of chance for faults, 0 to 1; for repeatable tests. */
  random?: () => number;
}

/** The options with every default filled in. */
export interface Settings {
  port: number;
  smtpPort: number;
  host: string;
  allowedHosts: readonly string[];
  token: string;
  accountToken: string;
  approvals: Approvals;
  unsubscribeHandling: BroadcastHandling;
  accountState: AccountState;
  latencyMs: number;
  deliveryMs: number;
  searchLagMs: number;
  verifiedDomains: readonly string[] | null;
  streams: NonNullable<SandboxOptions['streams']>;
  startAt: Date | undefined;
  keepBodies: number;
  retryScale: number;
  webhookConcurrency: number;
  webhookTimeoutMs: number;
  webhookPauseAfter: number;
  suppressionLagMs: number;
  variants: Variants;
  random: () => number;
}

export function fillDefaults(options: SandboxOptions): Settings {
  return {
    port: options.port ?? 0,
    smtpPort: options.smtpPort ?? 0,
    host: options.host ?? '127.0.0.1',
    allowedHosts: options.allowedHosts?.map(name => name.toLowerCase()) ?? [],
    token: options.token ?? randomUUID(),
    accountToken: options.accountToken ?? randomUUID(),
    approvals: {
      bulk: true,
      customUnsubscribe: options.unsubscribeHandling === 'Custom',
      deleteServers: false,
      dataRemovals: true,
      ...options.approvals,
    },
    unsubscribeHandling: options.unsubscribeHandling ?? 'Postmark',
    accountState: options.accountState ?? 'approved',
    latencyMs: options.latencyMs ?? 0,
    deliveryMs: options.deliveryMs ?? 20,
    searchLagMs: options.searchLagMs ?? 0,
    verifiedDomains: options.verifiedDomains?.map(domain => domain.toLowerCase()) ?? null,
    streams: options.streams ?? [],
    startAt: options.startAt,
    keepBodies: options.keepBodies ?? 2000,
    retryScale: options.retryScale ?? 60_000,
    webhookConcurrency: options.webhookConcurrency ?? 8,
    webhookTimeoutMs: options.webhookTimeoutMs ?? 10_000,
    webhookPauseAfter: options.webhookPauseAfter ?? Number.POSITIVE_INFINITY,
    suppressionLagMs: options.suppressionLagMs ?? 0,
    variants: chooseVariants(options.variants),
    random: options.random ?? Math.random,
  };
}
