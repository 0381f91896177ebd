import { once } from 'node:events';
import { pino } from 'pino';
import type { MailConfig, MailDeps } from '../../../server/mail/index.ts';
import { createApiTransport } from '../../../server/mail/providers/postmark/api-transport.ts';

/** The first message a victim gets. */
export interface Setup {
  config: MailConfig;
  /** `quick`: what dies is taken over within seconds; `usual`: the times of production. */
  pace: 'quick' | 'usual';
}

/**
 * The pipeline's times in tests, in ms: about twenty times quicker than in production, with room for a machine on
 * which everything takes a second. However often it has to be tried: a slow machine must not use a message up.
 */
const quickTimes = {
  timing: { acceptLeaseMs: 1000, sendLeaseMs: 3600, unknownGraceMs: 2000, unknownRetryMs: 500 },
  retry: { firstDelayMs: 100, maxDelayMs: 500, maxAttempts: 1_000_000 },
} satisfies Partial<MailConfig>;

/** A lease must outlast it. */
const apiTimeoutMs = 1000;

/** Waits for the setup; from then on the process ends with its parent, at once. */
export async function receiveSetup<T extends Setup = Setup>(): Promise<T> {
  process.on('disconnect', () => process.exit(1));
  const [setup] = await once(process, 'message');
  return setup;
}

/** The times of its pace, a transport that gives up in time, and a log on request only (CHAOS_LOG=warn). */
export function optionsOf({ config, pace }: Setup): [MailConfig, MailDeps] {
  const { token = '', apiUrl = '' } = config.postmark ?? {};
  const logger = pino({ level: process.env.CHAOS_LOG ?? 'silent' });
  return [
    { ...config, ...(pace === 'quick' && quickTimes), logger, migrate: false },
    { transports: [createApiTransport({ token, url: apiUrl, timeoutMs: apiTimeoutMs })] },
  ];
}

/** Tells the test something. */
export function report(message: unknown): void {
  process.send?.(message);
}
