import type { JobState } from 'agenda';
import type { SqlValue } from '../database/database.ts';

/** Agenda's computeJobState as SQL, on columns of the claim index; bind the moment twice, see {@link stateBindings}. */
export const stateSql = `CASE
  WHEN locked_at IS NOT NULL THEN 'running'
  WHEN outcome = 1 THEN 'failed'
  WHEN outcome = 2 THEN 'repeating'
  WHEN next_run_at > ? THEN 'scheduled'
  WHEN next_run_at <= ? THEN 'queued'
  ELSE 'completed' END`;

/** What {@link stateSql} binds: the moment (UTC text) the states are computed for. */
export function stateBindings(now: string): SqlValue[] {
  return [now, now];
}

/** The jobs of one state, as conditions that an index can serve. */
export interface StateFilter {
  conditions: string[];
  bindings: SqlValue[];
  /** The index to find a page of them by: `claim` knows every state, `next` is in the order of a page. */
  pageIndex: 'claim' | 'next';
  /** The index to count them by. */
  countIndex: 'claim' | 'next';
}

const claim = { pageIndex: 'claim', countIndex: 'claim' } as const;
const next = { pageIndex: 'next', countIndex: 'next' } as const;
const settled = 'locked_at IS NULL';

/** How to find the jobs that are in the state at that moment (UTC text). `paused` means disabled, whatever else. */
export function inState(state: JobState, now: string): StateFilter {
  switch (state) {
    case 'paused':
      return { conditions: ['disabled = 1'], bindings: [], ...claim };
    case 'running':
      return { conditions: ['locked_at IS NOT NULL'], bindings: [], ...claim };
    case 'failed':
      return { conditions: [settled, 'outcome = 1'], bindings: [], ...claim };
    case 'repeating':
      return { conditions: [settled, 'outcome = 2'], bindings: [], ...claim };
    case 'scheduled':
      return { conditions: ['next_run_at > ?', settled, 'outcome = 0'], bindings: [now], ...next };
    case 'queued':
      return { conditions: ['next_run_at <= ?', settled, 'outcome = 0'], bindings: [now], ...next };
    case 'completed': // most of the table
      return {
        // Wrapped, or MariaDB would look the NULLs up and sort them all: 7 s for a page of a million, not 1 ms.
        conditions: ['COALESCE(next_run_at) IS NULL', settled, 'outcome = 0'],
        bindings: [],
        pageIndex: 'next',
        countIndex: 'claim',
      };
    default: // not a state of Agenda's, and no job is in it
      return { conditions: ['FALSE'], bindings: [], ...claim };
  }
}
