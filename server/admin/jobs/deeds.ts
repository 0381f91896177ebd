import type { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Clock } from './clock.ts';
import type { StoredJob } from './job.ts';

/** Something an admin can do with a job. */
export interface Deed {
  /** Last part of the path it is posted to. */
  path: 'run' | 'disable' | 'enable' | 'delete';
  label: string;
  /** What to know before. */
  hint: string;
  danger: boolean;
}

/** What can be done with a job as it is now. */
export function whatCanBeDone({ disabled, state, repeatInterval }: StoredJob): Deed[] {
  const deeds: Deed[] = [];
  if (!disabled) {
    const hint =
      state === 'running'
        ? 'It is running: it runs once more when it has ended.'
        : 'A worker takes it within seconds, whatever its schedule says. What failed is forgotten.';
    deeds.push({ path: 'run', label: 'Run now', hint, danger: false });
    deeds.push({
      path: 'disable',
      label: 'Disable',
      hint: 'It stays, and no worker takes it.',
      danger: false,
    });
  } else {
    const hint = 'It runs by its schedule again; one that is overdue at once.';
    deeds.push({ path: 'enable', label: 'Enable', hint, danger: false });
  }
  const hint = repeatInterval
    ? 'Until a worker that knows it starts anew, which schedules it again.'
    : 'It is gone for good; a run that is under way goes on to its end.';
  deeds.push({ path: 'delete', label: 'Delete', hint, danger: true });
  return deeds;
}

type Repository = MysqlBackend['repository'];

// Named without a value the marks of a failure are cleared; fields that are not named stay.
const withoutFailure: Record<string, undefined> = {
  failedAt: undefined,
  failReason: undefined,
  failCount: undefined,
};

const changes: Record<Deed['path'], (repository: Repository, job: StoredJob) => Promise<unknown>> = {
  run: (repository, { _id, name, type, priority, data }) =>
    repository.saveJob({
      _id,
      name,
      type,
      priority,
      data,
      nextRunAt: new Date(),
      ...withoutFailure,
    }),
  disable: (repository, { _id: id }) => repository.disableJobs({ id }),
  enable: (repository, { _id: id }) => repository.enableJobs({ id }),
  delete: (repository, { _id: id }) => repository.removeJobs({ id }),
};

/** The lines that say what was done. */
export const done: Record<Deed['path'], string> = {
  run: 'It is due now. A worker takes it within seconds.',
  disable: 'Disabled. No worker takes it until it is enabled.',
  enable: 'Enabled. It runs by its schedule again.',
  delete: 'Deleted.',
};

/** Does it, with its entry in the audit log, in one transaction; workers are woken when it commits. */
export async function carryOut(clock: Clock, path: Deed['path'], job: StoredJob, by: string): Promise<void> {
  const backend = await clock.backend();
  const { db, audit } = clock.mail;
  await db.transaction(trx =>
    backend.inTransaction(trx, async () => {
      await changes[path](backend.repository, job);
      const after = path === 'delete' ? null : await backend.repository.getJobById(String(job._id));
      await audit.record(
        {
          by,
          action: `job.${path}`,
          subject: `job:${job._id}`,
          before: facts(job),
          after: after && facts(after),
        },
        { trx },
      );
    }),
  );
}

function facts({ name, disabled = false, nextRunAt, failCount }: Omit<StoredJob, '_id' | 'state'>): object {
  return { name, disabled, nextRunAt, failCount };
}
