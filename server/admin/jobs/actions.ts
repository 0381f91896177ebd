import type { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { StoredJob } from './job.ts';
import type { JobStorage } from './job-storage.ts';

/** Something an admin can do with a job. */
export interface Action {
  /** Last part of the path it is posted to. */
  path: 'run' | 'disable' | 'enable' | 'delete';
  label: string;
  /** What to know first. */
  hint: string;
  danger: boolean;
}

/** What can be done with a job as it is now. */
export function availableActions({ disabled, state, repeatInterval }: StoredJob): Action[] {
  const actions: Action[] = [];
  if (!disabled) {
    const hint =
      state === 'running'
        ? 'It is running now and will run again when it has finished.'
        : 'A worker runs it within seconds, whatever its schedule. Recorded failures are cleared.';
    actions.push({ path: 'run', label: 'Run now', hint, danger: false });
    actions.push({
      path: 'disable',
      label: 'Disable',
      hint: 'It stays in the list, but no worker runs it.',
      danger: false,
    });
  } else {
    const hint = 'It follows its schedule again. If it is overdue, it runs at once.';
    actions.push({ path: 'enable', label: 'Enable', hint, danger: false });
  }
  const hint = repeatInterval
    ? 'A worker schedules it again when it next starts.'
    : 'Deleted for good. A run in progress is finished.';
  actions.push({ path: 'delete', label: 'Delete', hint, danger: true });
  return actions;
}

type Repository = MysqlBackend['repository'];

// A field that is present without a value is cleared; fields that are absent stay.
const withoutFailure: Record<string, undefined> = {
  failedAt: undefined,
  failReason: undefined,
  failCount: undefined,
};

const changes: Record<Action['path'], (repository: Repository, job: StoredJob) => Promise<unknown>> = {
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

/** The texts that confirm what was done. */
export const confirmations: Record<Action['path'], string> = {
  run: 'It is due now. A worker runs it within seconds.',
  disable: 'Disabled. No worker runs it until it is enabled.',
  enable: 'Enabled. It follows its schedule again.',
  delete: 'Deleted.',
};

/** Performs it, with its entry in the audit log, in one transaction; workers are woken when it commits. */
export async function perform(
  storage: JobStorage,
  path: Action['path'],
  job: StoredJob,
  by: string,
): Promise<void> {
  const backend = await storage.backend();
  const { audit } = storage.mail;
  await storage.db.transaction(trx =>
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
