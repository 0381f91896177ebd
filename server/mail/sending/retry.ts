/** When and how often a deferred hand-over is repeated. All times in ms. */
export interface RetryPolicy {
  firstDelayMs: number;
  maxDelayMs: number;
  /** Attempts in all; after the last one the message has failed. */
  maxAttempts: number;
}

/** About three days of trying: 5 s, 10 s, 20 s ... then every two hours. */
export const defaultRetry: RetryPolicy = { firstDelayMs: 5_000, maxDelayMs: 2 * 3_600_000, maxAttempts: 45 };

/**
 * Delay in ms before attempt `attempts + 1`, or null when all are used up.
 * Doubles per attempt; equal jitter (half fixed, half random) keeps many messages from coming back at once.
 * A provider's own `retryAfterMs` is a lower bound.
 */
export function retryDelay(
  { firstDelayMs, maxDelayMs, maxAttempts }: RetryPolicy,
  attempts: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number | null {
  if (attempts >= maxAttempts) return null;
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.max(0, attempts - 1));
  return Math.max(retryAfterMs, Math.round(ceiling / 2 + (random() * ceiling) / 2));
}
