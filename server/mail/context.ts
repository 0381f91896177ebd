import type { Logger } from 'pino';
import type { Db } from '../../db/connect.ts';
import type { RetryPolicy } from './rules/retry.ts';
import type { Policy } from './rules/routing.ts';
import type { Templates } from './templates.ts';
import type { Lookup, Transport } from './transport.ts';

/** Time spans of the pipeline, all in ms. */
export interface Timing {
  /** Lease of a message that waits in its own process to be handed over. */
  waitLeaseMs: number;
  /** Lease from the gate on; must outlast the slowest transport. */
  sendLeaseMs: number;
  /** From hand-over until a search that finds nothing proves that nothing was accepted. */
  unknownGraceMs: number;
  /** Between two searches for an unknown attempt. */
  unknownRetryMs: number;
  /** When a search that keeps failing is given up and the category's policy decides. */
  unknownGiveUpMs: number;
  /** Age at which contents and raw events are purged. */
  retentionMs: number;
}

/** See {@link Timing}. Postmark indexes within seconds; three minutes leave it room on a bad day. */
export const defaultTiming: Timing = {
  waitLeaseMs: 15_000,
  sendLeaseMs: 90_000,
  unknownGraceMs: 3 * 60_000,
  unknownRetryMs: 60_000,
  unknownGiveUpMs: 24 * 3_600_000,
  retentionMs: 45 * 24 * 3_600_000,
};

/** What every flow of the module works with: wired once, in index.ts. */
export interface MailContext {
  db: Db;
  now: () => Date;
  log: Logger;
  policy: Policy;
  retry: RetryPolicy;
  timing: Timing;
  templates: Templates;
  transports: ReadonlyMap<string, Transport>;
  /** Asks the provider about attempts made by a transport; absent where it cannot be asked. */
  lookups: ReadonlyMap<string, Lookup>;
}
