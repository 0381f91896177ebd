/** A clock that stands still until it is moved; whole milliseconds, as the database keeps them. */
export interface Clock {
  now: () => Date;
  advance(ms: number): void;
}

/** Starts at the real time, so that rows made by SQL and by the clock sort alike. */
export function createClock(start = new Date()): Clock {
  let at = start.getTime();
  return {
    now: () => new Date(at),
    advance(ms) {
      at += ms;
    },
  };
}
