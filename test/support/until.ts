import { setTimeout as sleep } from 'node:timers/promises';

/** How {@link until} waits. */
export interface Waiting {
  /** How long nothing may change before it is given up, in ms. Default 90 s: longer than any slow machine needs. */
  patienceMs?: number;
  /** Between two looks, in ms. Default 100. */
  everyMs?: number;
}

/**
 * Looks again and again until `look` says yes. Rejects with `what` and the last answer when the answer has been the
 * same for too long: while there is progress, time is no reason to fail.
 */
export async function until(
  what: string,
  look: () => Promise<true | string> | true | string,
  { patienceMs = 90_000, everyMs = 100 }: Waiting = {},
): Promise<void> {
  let last = '';
  let since = Date.now();
  for (;;) {
    const answer = await look();
    if (answer === true) return;
    if (answer !== last) since = Date.now();
    if (Date.now() - since > patienceMs) throw new Error(`Nothing moves: ${what} (${answer})`);
    last = answer;
    await sleep(everyMs);
  }
}
