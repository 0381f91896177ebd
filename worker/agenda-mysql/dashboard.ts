import { Agenda, type AgendaStatus } from 'agenda';
import agendaPackage from '../../node_modules/agenda/package.json' with { type: 'json' };
import type { MysqlBackend } from './backend.ts';

const pageSize = 50;

/**
 * An Agenda for a dashboard such as agendash, in a process that runs no jobs: never started, so it defines, fetches
 * and locks nothing. Rejects when the database or its tables are not fit. `name` stands in the jobs that it changes.
 */
export async function dashboardAgenda(backend: MysqlBackend, name: string): Promise<DashboardAgenda> {
  await backend.connect(); // before Agenda exists: its own call is not awaited, and a failure would hang it
  const agenda = new DashboardAgenda(backend, name);
  await agenda.ready;
  return agenda;
}

/** An Agenda that shows and changes jobs, and runs none. */
export class DashboardAgenda extends Agenda {
  private readonly storage: MysqlBackend;

  constructor(storage: MysqlBackend, name: string) {
    super({ backend: storage, name });
    this.storage = storage;
  }

  /** What all processes do, from the database; Agenda itself only knows its own and refuses where there is nothing. */
  override async getRunningStats(fullDetails = false): Promise<AgendaStatus> {
    const [overviews, totalQueueSizeDB, { jobs }] = await Promise.all([
      this.db.getJobsOverview(),
      this.db.getQueueSize(),
      this.db.queryJobs({ state: 'running', limit: pageSize }),
    ]);
    const running = fullDetails ? jobs : overviews.reduce((sum, each) => sum + each.running, 0);
    return {
      version: agendaPackage.version,
      queueName: this.attrs.name,
      totalQueueSizeDB,
      config: { totalLockLimit: 0, maxConcurrency: 0, processEvery: this.attrs.processEvery },
      backend: { name: this.storage.name, hasNotificationChannel: this.hasNotificationChannel() },
      internal: { localQueueProcessing: 0 },
      jobStatus: {},
      queuedJobs: fullDetails ? [] : overviews.reduce((sum, each) => sum + each.queued, 0),
      runningJobs: running,
      lockedJobs: running,
    };
  }
}
