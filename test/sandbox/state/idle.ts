import { setTimeout as sleep } from 'node:timers/promises';
import type { Provider } from './provider.ts';

const CHECK_MS = 5;

/** Waits until no webhook is queued or open; deliveries and tries whose time has not come are not waited for. */
export async function whenQuiet({ account }: Provider): Promise<void> {
  const isBusy = (): boolean =>
    account.servers.some(({ webhooks }) => {
      const { queued, active } = webhooks.counts();
      return queued + active > 0;
    });
  while (isBusy()) await sleep(CHECK_MS);
}

/** Waits until no delivery or webhook is on its way; with `withRetries` also for events that wait for another try. */
export async function whenIdle({ account }: Provider, withRetries: boolean): Promise<void> {
  const isBusy = (): boolean =>
    account.servers.some(({ webhooks, departures, bulk }) => {
      const { queued, active, waitingForRetry } = webhooks.counts();
      return departures.size + bulk.pending + queued + active + (withRetries ? waitingForRetry : 0) > 0;
    });
  while (isBusy()) await sleep(CHECK_MS);
}
