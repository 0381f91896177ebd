import { DelayLine } from './delay-line.ts';
import { deliver } from './deliver.ts';
import { FaultBook } from './faults.ts';
import { createServerObject, type ServerObject } from './server-object.ts';
import type { Settings } from './settings.ts';
import { BounceStore } from './store/bounces.ts';
import { type CapturedMessage, MessageStore } from './store/messages.ts';
import { StreamStore } from './store/streams.ts';
import { SuppressionStore } from './store/suppressions.ts';
import { WebhookPoster } from './webhooks/poster.ts';

/** A message on its way to its recipients. */
export interface Departure {
  message: CapturedMessage;
  /** The X-PM-Bounce-Type header, when there was one. */
  askedBounce?: string;
}

/** The whole state of the pretended Postmark; REST, SMTP, pages and control all work on this. */
export interface Provider {
  readonly settings: Settings;
  readonly server: ServerObject;
  readonly streams: StreamStore;
  readonly messages: MessageStore;
  readonly suppressions: SuppressionStore;
  readonly bounces: BounceStore;
  readonly faults: FaultBook;
  readonly webhooks: WebhookPoster;
  readonly departures: DelayLine<Departure>;
  /** SMTP messages taken with a 250 and then lost without trace, as over-long metadata is. */
  lost: number;
  /** Base address of REST, pages and unsubscribe links; known once it listens. */
  apiUrl: string;
}

export function createProvider(settings: Settings): Provider {
  const now = Date.now();
  const faults = new FaultBook(settings.random);
  const streams = new StreamStore(now);
  for (const { id, type, name } of settings.streams) streams.add(now, id, type, name);
  const provider: Provider = {
    settings,
    server: createServerObject(),
    streams,
    messages: new MessageStore(settings.keepBodies),
    suppressions: new SuppressionStore(),
    bounces: new BounceStore(),
    faults,
    webhooks: new WebhookPoster(settings, faults),
    departures: new DelayLine<Departure>(settings.deliveryMs, departure => deliver(provider, departure)),
    lost: 0,
    apiUrl: '',
  };
  return provider;
}

/** Forgets all mail, bounces, suppressions, faults and pending events; settings and streams stay. */
export function resetProvider(provider: Provider): void {
  provider.departures.clear();
  provider.webhooks.clear();
  provider.messages.clear();
  provider.suppressions.clear();
  provider.bounces.clear();
  provider.faults.clear();
  provider.lost = 0;
}
