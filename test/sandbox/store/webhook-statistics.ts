import type { Try } from '../webhooks/target.ts';

const HOUR = 3_600_000;
const HOURS = 24;
/** What counts as slow is not documented; these bounds are ours. */
const SLOW_MS = 2000;
const VERY_SLOW_MS = 5000;

/** Sums over a number of tries; times in ms. */
export interface Sums {
  requests: number;
  successes: number;
  failures: number;
  retries: number;
  slow: number;
  verySlow: number;
  terminalMs: number;
  retryMs: number;
}

/** The tries of one webhook in the last 24 hours, summed by hour and kind so that they stay small. */
export class WebhookStatistics {
  readonly #hours = new Map<number, Map<string, Sums>>();

  note(trigger: string, { ms, result }: Pick<Try, 'ms' | 'result'>, at: number): void {
    const sums = this.#bucket(Math.floor(at / HOUR), trigger);
    sums.requests += 1;
    if (ms > SLOW_MS) sums.slow += 1;
    if (ms > VERY_SLOW_MS) sums.verySlow += 1;
    if (result === 'retry') {
      sums.retries += 1;
      sums.retryMs += ms;
      return;
    }
    if (result === 'taken') sums.successes += 1;
    else sums.failures += 1;
    sums.terminalMs += ms;
  }

  /** The sums of the 24 hours before `at`, all kinds together or one. */
  sums(at: number, trigger?: string): Sums {
    const total = noSums();
    for (const [hour, kinds] of this.#hours) {
      if (hour <= Math.floor(at / HOUR) - HOURS) continue;
      for (const [kind, sums] of kinds) if (trigger === undefined || kind === trigger) add(total, sums);
    }
    return total;
  }

  #bucket(hour: number, trigger: string): Sums {
    let kinds = this.#hours.get(hour);
    if (!kinds) {
      kinds = new Map();
      this.#hours.set(hour, kinds);
      for (const old of this.#hours.keys()) if (old <= hour - HOURS - 1) this.#hours.delete(old);
    }
    const sums = kinds.get(trigger) ?? noSums();
    kinds.set(trigger, sums);
    return sums;
  }
}

function noSums(): Sums {
  return {
    requests: 0,
    successes: 0,
    failures: 0,
    retries: 0,
    slow: 0,
    verySlow: 0,
    terminalMs: 0,
    retryMs: 0,
  };
}

function add(total: Sums, more: Sums): void {
  for (const key of Object.keys(total) as (keyof Sums)[]) total[key] += more[key];
}
