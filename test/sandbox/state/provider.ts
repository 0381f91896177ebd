import type { FaultPlan } from '../faults/faults.ts';
import type { Settings } from '../settings.ts';
import type { SmtpTokenStore } from '../smtp/tokens.ts';
import type { BounceStore } from '../store/bounces.ts';
import type { BulkStore } from '../store/bulk.ts';
import type { InboundStore } from '../store/inbound.ts';
import type { MessageStore } from '../store/messages.ts';
import type { StreamStore } from '../store/streams.ts';
import type { SuppressionStore } from '../store/suppressions.ts';
import type { TemplateStore } from '../store/templates.ts';
import type { TrackingEventStore } from '../store/tracking-events.ts';
import type { WebhookStore } from '../store/webhooks.ts';
import type { WebhookPoster } from '../webhooks/poster.ts';
import type { ServerAccount } from './account.ts';
import type { Clock } from './clock.ts';
import type { PendingTasks } from './pending-tasks.ts';
import type { ServerObject } from './server-object.ts';

/** The account of all servers. */
export type Account = ServerAccount<Provider>;

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
  readonly opens: TrackingEventStore;
  readonly clicks: TrackingEventStore;
  readonly templates: TemplateStore;
  readonly faults: FaultPlan;
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
