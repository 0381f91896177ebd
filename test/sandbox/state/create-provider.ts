import { FaultPlan } from '../faults/faults.ts';
import { isRoute } from '../rest/table.ts';
import type { Settings } from '../settings.ts';
import { SmtpTokenStore } from '../smtp/tokens.ts';
import { BounceStore } from '../store/bounces.ts';
import { BulkStore } from '../store/bulk.ts';
import { InboundStore } from '../store/inbound.ts';
import { MessageStore } from '../store/messages.ts';
import { StreamStore } from '../store/streams.ts';
import { SuppressionStore } from '../store/suppressions.ts';
import { TemplateStore } from '../store/templates.ts';
import { TrackingEventStore } from '../store/tracking-events.ts';
import { WebhookStore } from '../store/webhooks.ts';
import { WebhookPoster } from '../webhooks/poster.ts';
import { ServerAccount } from './account.ts';
import { Clock } from './clock.ts';
import { PendingTasks } from './pending-tasks.ts';
import type { Account, Provider } from './provider.ts';
import { createServerObject } from './server-object.ts';

/** The first server of a new account; the account opens further ones, which share its clock and faults. */
export function createProvider(settings: Settings): Provider {
  const clock = new Clock(settings.startAt);
  const account = new ServerAccount<Provider>(settings, clock);
  const faults = new FaultPlan(settings.random, isRoute);
  account.openServer = token => openServer({ ...settings, token }, account, clock, faults);
  return account.openServer(settings.token);
}

function openServer(settings: Settings, account: Account, clock: Clock, faults: FaultPlan): Provider {
  const now = clock.now();
  const number = account.opened++;
  const streams = new StreamStore(now, settings.unsubscribeHandling);
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
    opens: new TrackingEventStore(),
    clicks: new TrackingEventStore(),
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
