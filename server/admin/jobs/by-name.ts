import { jobStates } from './filter.ts';

/** A name with how many of its jobs are in each state, those without any left out. */
export interface NameCounts {
  name: string;
  counts: { state: (typeof jobStates)[number]; count: number }[];
}

/** Names with the counts of their jobs, and apart from them the names without jobs. */
export function byName(names: readonly ({ name: string } & Record<(typeof jobStates)[number], number>)[]): {
  busy: NameCounts[];
  idle: string[];
} {
  const all = names.map(one => ({
    name: one.name,
    counts: jobStates.flatMap(state => (one[state] > 0 ? [{ state, count: one[state] }] : [])),
  }));
  return {
    busy: all.filter(({ counts }) => counts.length > 0),
    idle: all.filter(({ counts }) => counts.length === 0).map(({ name }) => name),
  };
}
