const minuteMs = 60_000;

/** How often one may try before each further try closes the door for a while, which doubles up to the longest. */
export interface LockoutRule {
  free: number;
  firstPauseMs: number;
  longestPauseMs: number;
}

const atTheDoor = { firstPauseMs: minuteMs / 2, longestPauseMs: 15 * minuteMs };

/**
 * Of one account, or its second step; of one address, which many people may share; of links that anybody may ask to be
 * mailed to one account.
 */
export const lockoutRules = {
  account: { free: 5, ...atTheDoor },
  code: { free: 5, ...atTheDoor },
  address: { free: 20, ...atTheDoor },
  link: { free: 3, firstPauseMs: 15 * minuteMs, longestPauseMs: 6 * 60 * minuteMs },
} as const satisfies Record<string, LockoutRule>;

/** Failures older than this are forgotten, in ms. */
export const failuresKeptMs = 24 * 3_600_000;

/** How long the door stays closed after so many failures, in ms. */
export function pauseAfter(failures: number, { free, firstPauseMs, longestPauseMs }: LockoutRule): number {
  return failures < free ? 0 : Math.min(firstPauseMs * 2 ** (failures - free), longestPauseMs);
}
