import type { Db } from '../../db/connect.ts';
import type { SecondPersonAction } from './approvals/states.ts';
import type { LinkConfig } from './people/signed-links.ts';
import type { Providers } from './providers/providers.ts';
import type { Transport } from './providers/transport.ts';
import type { Learnt } from './reconciliation/learnt.ts';
import type { Brands } from './routing/brands.ts';
import type { Policy } from './routing/policy.ts';
import type { Unsubscribing } from './routing/unsubscribing.ts';
import type { RetryPolicy } from './sending/retry.ts';
import type { Log } from './shared/log.ts';
import type { Frames, RenderPool, Templates } from './templates/index.ts';
import type { TopicRegister } from './topics/register.ts';

/** Time spans of the pipeline, all in ms. */
export interface Timing {
  /** Lease of a message that waits in its own process to be handed over. */
  acceptLeaseMs: number;
  /** Lease from the gate on. Hand-overs start within its first third; one that outlasts it becomes unknown. */
  sendLeaseMs: number;
  /** From hand-over until a search that finds nothing proves that nothing was accepted. */
  unknownGraceMs: number;
  /** Between two searches for an unknown attempt. */
  unknownRetryMs: number;
  /** When a search that keeps failing is given up and the category's policy decides. */
  unknownGiveUpMs: number;
  /** How long one call to a provider's lists is made again that fails for now, when they are compared with ours. */
  comparisonPatienceMs: number;
  /** Age at which contents and raw events are purged. */
  retentionMs: number;
}

/**
 * See {@link Timing}. The grace outlasts everything that can still be on its way: a third of a lease to start, then
 * SMTP's silences (30 s each) or the API's deadline (30 s), then the provider's index.
 */
export const defaultTiming: Timing = {
  acceptLeaseMs: 15_000,
  sendLeaseMs: 90_000,
  unknownGraceMs: 5 * 60_000,
  unknownRetryMs: 60_000,
  unknownGiveUpMs: 24 * 3_600_000,
  comparisonPatienceMs: 10 * 60_000,
  retentionMs: 45 * 24 * 3_600_000,
};

/** What every flow of the module works with: wired once, in index.ts. */
export interface MailContext {
  db: Db;
  now: () => Date;
  log: Log;
  /** That of mail without a brand; see `brands`. */
  policy: Policy;
  brands: Brands;
  /** What people may subscribe to; null: any topic. */
  topics: readonly string[] | null;
  topicRegister: TopicRegister;
  links: LinkConfig;
  /** Whose link bulk mail has, by stream. */
  unsubscribing: Unsubscribing;
  /** Whether mail goes to real people. */
  production: boolean;
  /** What takes a second person, and who is told of requests where people are the host's. */
  secondPerson: { actions: readonly SecondPersonAction[]; mailTo: readonly string[] };
  retry: RetryPolicy;
  timing: Timing;
  templates: Templates;
  /** Layouts to put around mail that has no template. */
  frames: Frames;
  /** Where what admins typed is rendered and checked. */
  renderPool: RenderPool;
  /** Who takes our mail and reports what became of it. */
  providers: Providers;
  /** The same as `providers.transports`. */
  transports: ReadonlyMap<string, Transport>;
  /** Streams whose suppressions are known. */
  learnt: Learnt;
}
