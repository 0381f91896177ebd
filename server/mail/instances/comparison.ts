import { type Difference, differencesBetween } from './configuration.ts';
import type { LiveInstance } from './instances-store.ts';

/** Processes of an older configuration that run beside those of the newest one. */
export interface ConfigurationDifference {
  kind: 'configuration';
  /** Tells the older configuration apart from others. */
  older: string;
  /** Who has it, as `worker web1 4711`. */
  olderInstances: string[];
  newerInstances: string[];
  /** In words, such as `order, lane: bulk (older: transactional)`. Of these the first; `more` says how many are left out. */
  differences: string[];
  more: number;
}

const shownDifferences = 20;
const shownInstances = 10;

/**
 * What running processes are configured to do differently. The newest configuration is the one of the highest policy
 * version, and of several with the same the one that was first seen last.
 */
export function configurationDifferences(live: readonly LiveInstance[]): ConfigurationDifference[] {
  const byConfiguration = new Map<string, LiveInstance[]>();
  for (const one of live) {
    byConfiguration.set(one.fingerprint, [...(byConfiguration.get(one.fingerprint) ?? []), one]);
  }
  const [newest, ...others] = [...byConfiguration.values()].sort(newestFirst);
  const [newer] = newest ?? [];
  if (!newest || !newer) return [];
  return others.flatMap(instances => {
    const [older] = instances;
    if (!older) return [];
    const differences = differencesBetween(newer.configuration, older.configuration);
    return {
      kind: 'configuration' as const,
      older: older.fingerprint.slice(0, 12),
      olderInstances: instances.slice(0, shownInstances).map(nameOf),
      newerInstances: newest.slice(0, shownInstances).map(nameOf),
      differences: differences.slice(0, shownDifferences).map(inWords),
      more: Math.max(0, differences.length - shownDifferences),
    };
  });
}

function newestFirst([a]: LiveInstance[], [b]: LiveInstance[]): number {
  if (!a || !b) return 0;
  return (
    b.configuration.policyVersion - a.configuration.policyVersion ||
    b.firstSeenAt.getTime() - a.firstSeenAt.getTime()
  );
}

function nameOf({ role, host, pid }: LiveInstance): string {
  return `${role} ${host} ${pid}`;
}

function inWords({ category, field, newer, older }: Difference): string {
  const place = category === null ? field : `${category}, ${field}`;
  return `${place}: ${newer ?? 'not there'} (older: ${older ?? 'not there'})`;
}
