import type { Db } from '../../../db/connect.ts';
import type { InstancesRow } from '../../../db/rows.ts';
import type { Configuration } from './configuration.ts';

/** What a running process is: `app` sends, `worker` also does what is due. */
export type InstanceRole = 'app' | 'worker';

/** How a process knows a provider's server again: a keyed hash of its token, and the provider's own id where it was told. */
export interface KnownServer {
  key: string;
  tokenHash: string;
  id: string | null;
}

/** What a process found wrong that only it can find: streams that the provider lacks. */
export interface Findings {
  missingStreams: { provider: string; stream: string }[];
}

/** A running process. */
export interface Instance {
  id: string;
  role: InstanceRole;
  host: string;
  pid: number;
  fingerprint: string;
  configuration: Configuration;
  /** By the provider's key. */
  servers: Record<string, KnownServer>;
  findings: Findings;
  startedAt: Date;
  seenAt: Date;
}

/** A process that has not been heard of for so long is gone, in seconds: four times the pause between two signs of life. */
const aliveSeconds = 120;

const keptDays = 7;

/** Registers a process, and forgets those that ended long ago. */
export async function insertInstance(
  db: Db,
  { configuration, servers, findings, ...instance }: Omit<Instance, 'startedAt' | 'seenAt'>,
): Promise<void> {
  await db('postlane_instances')
    .where('seen_at', '<', db.raw('UTC_TIMESTAMP(3) - INTERVAL ? DAY', [keptDays]))
    .delete();
  const now = db.raw('UTC_TIMESTAMP(3)');
  await db('postlane_instances').insert({
    ...instance,
    policy_version: configuration.policyVersion,
    configuration: JSON.stringify(configuration),
    servers: JSON.stringify(servers),
    findings: JSON.stringify(findings),
    started_at: now,
    seen_at: now,
  });
}

/** A sign of life, with what the process knows by now. False when it is not registered. */
export async function renewInstance(
  db: Db,
  { id, servers, findings }: Pick<Instance, 'id' | 'servers' | 'findings'>,
): Promise<boolean> {
  const changed = await db('postlane_instances')
    .where({ id })
    .update({
      seen_at: db.raw('UTC_TIMESTAMP(3)'),
      servers: JSON.stringify(servers),
      findings: JSON.stringify(findings),
    });
  return changed > 0;
}

/** Says that a process has ended in order. */
export async function endInstance(db: Db, id: string): Promise<void> {
  await db('postlane_instances')
    .where({ id })
    .update({ stopped_at: db.raw('UTC_TIMESTAMP(3)') });
}

/** A running process, and since when its configuration is known, by whichever process had it first. */
export type LiveInstance = Instance & { firstSeenAt: Date };

type LiveRow = InstancesRow & { first_seen_at: Date };

/** Every process that runs, in the order of their starts. */
export async function liveInstances(db: Db): Promise<LiveInstance[]> {
  const [rows] = await db.raw(
    `SELECT i.*, (SELECT MIN(e.started_at) FROM postlane_instances e WHERE e.fingerprint = i.fingerprint) AS first_seen_at
     FROM postlane_instances i
     WHERE i.stopped_at IS NULL AND i.seen_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND
     ORDER BY i.started_at, i.id`,
    [aliveSeconds],
  );
  return (rows as LiveRow[]).map(row => ({
    id: row.id,
    role: row.role as InstanceRole,
    host: row.host,
    pid: row.pid,
    fingerprint: row.fingerprint,
    configuration: JSON.parse(row.configuration),
    servers: JSON.parse(row.servers),
    findings: JSON.parse(row.findings),
    startedAt: row.started_at,
    seenAt: row.seen_at,
    firstSeenAt: row.first_seen_at,
  }));
}
