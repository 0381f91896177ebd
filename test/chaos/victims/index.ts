import type { MailConfig } from '../../../server/mail/index.ts';
import { startVictim, type Victim, type VictimOptions } from '../../support/victims.ts';
import type { Order, SenderSetup } from './sender.ts';
import type { Setup } from './setup.ts';

/** Starts a worker. */
export function startWorkerVictim(
  config: MailConfig,
  { pace = 'quick', ...options }: VictimOptions & { pace?: Setup['pace'] } = {},
): Promise<Victim> {
  const setup: Setup = { config, pace };
  return startVictim(new URL('./worker.ts', import.meta.url), setup, options);
}

/** Starts a monolith's process that takes these orders in turn, a few at once. */
export function startSenderVictim(
  config: MailConfig,
  orders: Order[],
  options: VictimOptions,
): Promise<Victim> {
  const setup: SenderSetup = { config, pace: 'quick', orders };
  return startVictim(new URL('./sender.ts', import.meta.url), setup, options);
}
