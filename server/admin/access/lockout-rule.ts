/** How often one may fail before each further failure closes the door for a while. */
export interface LockoutRule {
  free: number;
}

/** Of one account, or its second step; of one address, which many people may share. */
export const lockoutRules = { account: { free: 5 }, code: { free: 5 }, address: { free: 20 } } as const;

const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;

/** Failures older than this are forgotten, in ms. */
export const failuresKeptMs = 24 * 3_600_000;

/** How long the door stays closed after so many failures, in ms: it doubles, up to a quarter of an hour. */
export function pauseAfter(failures: number, { free }: LockoutRule): number {
  return failures < free ? 0 : Math.min(firstPauseMs * 2 ** (failures - free), longestPauseMs);
}
