/** From where on something wants attention. */
export const thresholds = {
  /** Of what was sent in a day; providers ask for less than 10 %, and good senders stay under 2. */
  bounceRate: 0.05,
  /** Mailbox providers act from 0.1 % on. */
  complaintRate: 0.001,
  /** Below so many messages a rate says little. */
  leastSent: 50,
  queueMs: { transactional: 2 * 60_000, bulk: 60 * 60_000 },
  /** So many attempts of a transport deferred one after the other. */
  deferredStreak: 10,
  stuckMs: 15 * 60_000,
  countingMs: 15 * 60_000,
  booksMs: 50 * 3_600_000,
} as const;

/** A stream that bounces or annoys too much. */
export interface RateAlarm {
  kind: 'bounce-rate' | 'complaint-rate';
  stream: string;
  rate: number;
  sent: number;
}

/** Which streams' rates are too high. */
export function rateAlerts(
  streams: readonly { stream: string; sent: number; bounced: number; complained: number }[],
): RateAlarm[] {
  return streams.flatMap(({ stream, sent, bounced, complained }): RateAlarm[] => {
    if (sent < thresholds.leastSent) return [];
    const alarms: RateAlarm[] = [];
    if (bounced / sent > thresholds.bounceRate)
      alarms.push({ kind: 'bounce-rate', stream, rate: bounced / sent, sent });
    if (complained / sent > thresholds.complaintRate)
      alarms.push({ kind: 'complaint-rate', stream, rate: complained / sent, sent });
    return alarms;
  });
}

/** How many attempts of each transport were deferred in a row, the newest first; only streaks worth a word. */
export function deferralStreaks<A extends { transport: string; outcome: string }>(
  attempts: readonly A[],
): { transport: string; streak: A[] }[] {
  const transports = [...new Set(attempts.map(({ transport }) => transport))];
  return transports.flatMap(transport => {
    const of = attempts.filter(attempt => attempt.transport === transport);
    const end = of.findIndex(({ outcome }) => outcome !== 'deferred');
    const streak = end === -1 ? of : of.slice(0, end);
    return streak.length >= thresholds.deferredStreak ? [{ transport, streak }] : [];
  });
}
