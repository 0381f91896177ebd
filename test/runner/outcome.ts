/** How many tests ended in which way. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What came of one file of tests. */
export interface Outcome extends Tally {
  /** The failures, each with its message and where it was thrown; empty when there are none. */
  failures: string;
}

/** What goes from the runner to a lane: one line of JSON. */
export interface Assignment {
  /** The file's absolute path. */
  file: string;
}

/** What a lane is told once, in its environment as `TEST_LANE`. */
export interface LaneSettings {
  /** Runs only tests whose full title matches this expression. */
  grep: string | null;
  /** Stops at the first failure. */
  bail: boolean;
  reporter: 'spec' | 'dot';
  /** Of a test or hook that sets none itself, in ms. */
  timeout: number;
}

/** Stands before an outcome in a lane's output, which is otherwise the reporter's: no test prints it. */
export const outcomeMark = '\u001e';

export function sum(tallies: Tally[]): Tally {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
