import { pendingMigrations } from '../../../db/migrate.ts';
import type { MailContext } from '../context.ts';
import { liveInstances } from '../instances/instances-store.ts';
import { withTimeout } from '../shared/time.ts';
import { countedUpTo } from './alerts.ts';
import { countUpTo, type QueueAge, queueAges } from './queue-store.ts';

/** How app, worker and database are. A part that could not be read is null, and `problems` says why. */
export interface Health {
  /** True when there is no problem. */
  ok: boolean;
  /** What is wrong, each a sentence for operators, without secrets. */
  problems: string[];
  database: { reachable: boolean; ms: number | null };
  /** Migrations that have not been run. */
  schema: { pending: string[] } | null;
  /** The age of the oldest due message of each stream, in ms, the oldest first. */
  queue: QueueAge[] | null;
  /** Processes that have shown themselves within two minutes; `lastSeenAt` is the latest sign of life of a worker. */
  processes: { apps: number; workers: number; lastSeenAt: Date | null } | null;
  /** Messages that may or may not have been accepted, counted up to 1,000. */
  unknown: number | null;
}

const patienceMs = 5_000;
const longestWaitMs = { transactional: 2 * 60_000, bulk: 60 * 60_000 };

/** See {@link Health}. Never rejects. */
export async function healthOf(context: MailContext): Promise<Health> {
  const { db, now } = context;
  const problems: string[] = [];
  const read = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await withTimeout(work(), patienceMs);
    } catch (error) {
      const { code } = error as { code?: unknown };
      problems.push(`${what} could not be read${typeof code === 'string' ? ` (${code})` : ''}.`);
      return null;
    }
  };
  const startedAt = performance.now();
  const answer = await read('The database', () => db.raw('SELECT 1'));
  const ms = answer === null ? null : Math.round(performance.now() - startedAt);
  const database = { reachable: answer !== null, ms };
  if (answer === null)
    return { ok: false, problems, database, schema: null, queue: null, processes: null, unknown: null };
  const [pending, queue, live, unknown] = await Promise.all([
    read('The schema', () => pendingMigrations(db)),
    read('The queue', () => queueAges(db, now())),
    read('The processes', () => liveInstances(db)),
    read('The number of unknown messages', () => countUpTo(db, 'unknown', countedUpTo)),
  ]);
  const schema = pending && { pending };
  const processes = live && processesOf(live);
  problems.push(...problemsOf({ schema, queue, processes }));
  return { ok: problems.length === 0, problems, database, schema, queue, processes, unknown };
}

function processesOf(live: readonly { role: string; seenAt: Date }[]): NonNullable<Health['processes']> {
  const workers = live.filter(({ role }) => role === 'worker');
  const lastSeen = workers.map(({ seenAt }) => seenAt.getTime());
  return {
    apps: live.length - workers.length,
    workers: workers.length,
    lastSeenAt: lastSeen.length > 0 ? new Date(Math.max(...lastSeen)) : null,
  };
}

function problemsOf({ schema, queue, processes }: Pick<Health, 'schema' | 'queue' | 'processes'>): string[] {
  const late = (queue ?? []).filter(({ lane, ageMs }) => ageMs > longestWaitMs[lane]);
  return [
    ...(schema && schema.pending.length > 0
      ? [`Migrations are to be run: ${schema.pending.join(', ')}. Run "postlane migrate".`]
      : []),
    ...(processes?.workers === 0 ? ['No worker is running: start one with "postlane worker".'] : []),
    ...late.map(
      ({ stream, ageMs }) => `Mail on the stream ${stream} has waited for ${Math.round(ageMs / 60_000)} min.`,
    ),
  ];
}
