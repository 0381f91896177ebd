/** How far to move a clock; the parts are added up. */
export interface Span {
  ms?: number | undefined;
  seconds?: number | undefined;
  minutes?: number | undefined;
  hours?: number | undefined;
  days?: number | undefined;
}

/**
 * The time that module and provider go by. It runs like real time and can be moved forward; what falls due for the module
 * happens when `work()` is called.
 */
export interface TestClock {
  now(): Date;
  /** Moves forward by `{ minutes: 5 }` or the like. */
  advance(span: Span): Promise<void>;
  /** Moves forward to a moment. Throws a RangeError for one that is past: `reset()` puts the clock back to real time. */
  travelTo(moment: Date | string): Promise<void>;
}

const units: { readonly [Unit in keyof Span]-?: number } = {
  ms: 1,
  seconds: 1000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/** The clock of something that can be moved forward by milliseconds. */
export function createTestClock(moved: { now(): Date; advance(ms: number): Promise<void> }): TestClock {
  return {
    now: () => moved.now(),
    async advance(span) {
      await moved.advance(msOf(span));
    },
    async travelTo(moment) {
      const goal = new Date(moment).getTime();
      const ms = goal - moved.now().getTime();
      if (Number.isNaN(goal)) throw new RangeError(`${moment} is no moment.`);
      if (ms < 0)
        throw new RangeError(
          `${new Date(goal).toISOString()} is past: the clock only moves forward, and reset() puts it back to real time.`,
        );
      await moved.advance(ms);
    },
  };
}

/** A clock without anything that goes by it; `reset` puts it back. */
export function createOwnClock(): TestClock & { reset(): void } {
  let aheadMs = 0;
  const clock = createTestClock({
    now: () => new Date(Date.now() + aheadMs),
    async advance(ms) {
      aheadMs += ms;
    },
  });
  return {
    ...clock,
    reset() {
      aheadMs = 0;
    },
  };
}

function msOf(span: Span): number {
  const parts = Object.entries(span).filter(([, value]) => value !== undefined);
  const wrong = parts.find(([unit, value]) => !Object.hasOwn(units, unit) || !(value >= 0));
  if (wrong || parts.length === 0)
    throw new RangeError(`Move the clock by some of ${Object.keys(units).join(', ')}, each 0 or more.`);
  return parts.reduce((sum, [unit, value]) => sum + value * units[unit as keyof Span], 0);
}
