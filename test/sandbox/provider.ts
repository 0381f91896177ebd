import { Account } from './account.ts';
import { Clock } from './clock.ts';
import { FaultBook } from './faults.ts';
import { PendingTasks } from './pending-tasks.ts';
import { isRoute } from './rest/table.ts';
import { createServerObject, type ServerObject } from './server-object.ts';
import type { Settings } from './settings.ts';
import { SmtpTokenStore } from './smtp/tokens.ts';
import { BounceStore } from './store/bounces.ts';
import { BulkStore } from './store/bulk.ts';
import { InboundStore } from './store/inbound.ts';
import { LookStore } from './store/looks.ts';
import { MessageStore } from './store/messages.ts';
import { StreamStore } from './store/streams.ts';
import { SuppressionStore } from './store/suppressions.ts';
import { TemplateStore } from './store/templates.ts';
import { WebhookStore } from './store/webhooks.ts';
import { WebhookPoster } from './webhooks/poster.ts';

/** The whole state of the pretended Postmark; REST, SMTP, pages and control all work on this. */
export interface Provider {
  readonly settings: Settings;
  /** Shared by the servers of the account. */
  readonly account: Account;
  /** Every date and every wait follows it. */
  readonly clock: Clock;
  readonly server: ServerObject;
  readonly streams: StreamStore;
  readonly messages: MessageStore;
  readonly suppressions: SuppressionStore;
  readonly bounces: BounceStore;
  readonly bulk: BulkStore;
  readonly inbound: InboundStore;
  readonly opens: LookStore;
  readonly clicks: LookStore;
  readonly templates: TemplateStore;
  readonly faults: FaultBook;
  readonly webhooks: WebhookPoster;
  /** The webhooks configured over the API. */
  readonly hooks: WebhookStore;
  readonly smtpTokens: SmtpTokenStore;
  /** Messages on their way to their recipients. */
  readonly departures: PendingTasks;
  /** SMTP messages taken with a 250 and then lost without trace, as over-long metadata is. */
  lost: number;
  /** Base address of REST, pages and unsubscribe links; known once it listens. */
  apiUrl: string;
}

/** The first server of a new account; the account opens further ones, which share its clock and faults. */
export function createProvider(settings: Settings): Provider {
  const clock = new Clock(settings.startAt);
  const account = new Account(settings, clock);
  const faults = new FaultBook(settings.random, isRoute);
  account.openServer = token => openServer({ ...settings, token }, account, clock, faults);
  return account.openServer(settings.token);
}

function openServer(settings: Settings, account: Account, clock: Clock, faults: FaultBook): Provider {
  const now = clock.now();
  const number = account.opened++;
  const streams = new StreamStore(now);
  for (const { id, type, name } of settings.streams) streams.add(now, id, type, name);
  const hooks = new WebhookStore(clock, settings.webhookPauseAfter);
  const server = createServerObject(number);
  const provider: Provider = {
    settings,
    account,
    clock,
    server,
    streams,
    messages: new MessageStore(settings.keepBodies),
    suppressions: new SuppressionStore(),
    bounces: new BounceStore(),
    bulk: new BulkStore(),
    inbound: new InboundStore(),
    opens: new LookStore(),
    clicks: new LookStore(),
    templates: new TemplateStore(34_000_001 + number * 1000),
    faults,
    webhooks: new WebhookPoster(settings, clock, faults, hooks, server),
    hooks,
    smtpTokens: new SmtpTokenStore(streams),
    departures: new PendingTasks(clock),
    lost: 0,
    apiUrl: account.servers[0]?.apiUrl ?? '',
  };
  account.servers.push(provider);
  return provider;
}

/** Forgets all mail, bounces, suppressions, faults and pending events; settings and streams stay. */
export function resetProvider(provider: Provider): void {
  provider.departures.clear();
  provider.webhooks.clear();
  provider.messages.clear();
  provider.suppressions.clear();
  provider.bounces.clear();
  provider.bulk.clear();
  provider.inbound.clear();
  provider.opens.clear();
  provider.clicks.clear();
  provider.faults.clear();
  provider.lost = 0;
}
