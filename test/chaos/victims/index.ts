import type { MailConfig } from '../../../server/mail/index.ts';
import { startVictim, type Victim } from '../../support/victims.ts';
import type { Order, SenderSetup } from './sender.ts';
import type { Setup } from './setup.ts';

/** Starts a worker; with a `successor` the next one starts quicker. */
export function startWorkerVictim(config: MailConfig, options?: { successor?: boolean }): Promise<Victim> {
  return startVictim(new URL('./worker.ts', import.meta.url), { config } satisfies Setup, options);
}

/** Starts a monolith's process that takes these orders, one after the other, a few at once. */
export function startSenderVictim(
  config: MailConfig,
  orders: Order[],
  options?: { successor?: boolean },
): Promise<Victim> {
  const setup: SenderSetup = { config, orders };
  return startVictim(new URL('./sender.ts', import.meta.url), setup, options);
}
