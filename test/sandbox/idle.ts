import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from './provider.ts';

const CHECK_MS = 5;

/** Waits until no delivery or webhook is on its way; with `withRetries` also for events that wait for another try. */
export async function whenIdle(provider: Provider, withRetries: boolean): Promise<void> {
  const isBusy = (): boolean => {
    const { queued, active, waitingForRetry } = provider.webhooks.counts();
    return provider.departures.length + queued + active + (withRetries ? waitingForRetry : 0) > 0;
  };
  while (isBusy()) await sleep(CHECK_MS);
}
