import { hostname } from 'node:os';
import { v7 as newId } from 'uuid';
import { connect } from '../db/connect.ts';
import { jobTablePrefix } from '../db/job-tables.ts';
import { type Config, type MailOptions, resolveConfig } from '../server/config/index.ts';
import { createMail, type Mail, type MailConfig, type MailDeps } from '../server/mail/index.ts';
import { createScheduler, MysqlBackend } from './agenda-mysql/index.ts';
import { type Job, jobs as ownJobs } from './jobs.ts';

/** A running worker. */
export interface Worker {
  mail: Mail;
  /** Stops taking work, finishes or releases what is in hand, closes. `timeoutMs` bounds the wait. */
  stop(options?: { timeoutMs?: number }): Promise<void>;
}

/** What a host or a test may put in place of our own. */
export interface WorkerDeps extends MailDeps {
  /** The jobs to run; those of jobs.ts by default. */
  jobs?: readonly Job[];
  /** A job whose process has given no sign of life for so long is taken over, in ms. Default 10,000. */
  lockLifetimeMs?: number;
}

/** Connections for deliveries, beside those that the scheduler's claims and heartbeats take. */
const defaultPoolSize = 16;

/**
 * Starts the jobs of jobs.ts on Agenda, which keeps them in the same database. `options` is what `defineMail` or `loadConfig`
 * returned; without it the nearest `postlane.config.*` counts.
 */
export async function startWorker(
  options?: MailOptions | Config,
  { jobs = ownJobs, lockLifetimeMs = 10_000, ...deps }: WorkerDeps = {},
): Promise<Worker> {
  const { mail, db, close } = await openMail(await resolveConfig(options), deps);
  const scheduler = createScheduler({
    // Never quarantined: these jobs carry nothing that could be poison, and bulk mail would stop for good.
    backend: new MysqlBackend({
      knex: db,
      tablePrefix: jobTablePrefix,
      ensureSchema: false,
      poisonAfter: null,
      hearsStates: false, // nobody here listens to the runs of other processes
    }),
    name: `${hostname()}-${newId()}`,
    log: mail.log,
    // A process that stalled for a lock's lifetime may lose the job to its own processor: see agenda-mysql/scheduler/watchdog.ts.
    watchdog: { everyMs: lockLifetimeMs / 2, patienceMs: lockLifetimeMs },
  });
  for (const { name, every, run } of jobs) {
    scheduler.define(
      name,
      async ({ signal }) => {
        await run(mail, signal);
      },
      { every, lockLifetimeMs },
    );
  }
  try {
    await scheduler.start();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    mail,
    async stop({ timeoutMs = 30_000 } = {}) {
      const { running } = await scheduler.stop({ timeoutMs });
      if (running > 0)
        mail.log.warn({ running }, 'jobs still running: their leases will end and be taken over');
      await close();
    },
  };
}

/** The module and the scheduler share one pool: what one does not need, the other can have. */
async function openMail(config: MailConfig, { poolSize, ...deps }: MailDeps) {
  const db = connect(config.database, { poolSize, defaultPoolSize });
  try {
    const mail = await createMail(config, { role: 'worker', ...deps, db });
    const close = async () => {
      await mail.close();
      await db.destroy();
    };
    return { mail, db, close };
  } catch (error) {
    await db.destroy();
    throw error;
  }
}
