import { setTimeout as sleep } from 'node:timers/promises';

/** How {@link until} waits. */
export interface Waiting {
  /** When to give up, in ms; generous, because machines are slow at times. Default 90 s. */
  withinMs?: number;
  /** Between two looks, in ms. Default 100. */
  everyMs?: number;
}

/** Looks again and again until `look` says yes. Rejects after `withinMs` with `what` and the last answer. */
export async function until(
  what: string,
  look: () => Promise<true | string> | true | string,
  { withinMs = 90_000, everyMs = 100 }: Waiting = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await look();
    if (answer === true) return;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs / 1000} s: ${what} (${answer})`);
    await sleep(everyMs);
  }
}
