import { type JobNotification, toJobId } from 'agenda';
import type { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import type { AgendaBench } from './agenda-support.ts';

/** Options of a backend that looks for the signals of others often enough for a test. */
export const quick = { signals: { busyMs: 10, idleMs: 20 } };

/** A notification of a job that was due at a fixed moment. */
export function aNotification(changes: Partial<JobNotification> = {}): JobNotification {
  const timestamp = new Date('2026-11-21T10:00:00.500Z');
  return { jobId: toJobId('id'), jobName: 'job', nextRunAt: timestamp, priority: 3, timestamp, ...changes };
}

/** What the backend's channel delivers from now on. */
export function heardBy(backend: MysqlBackend): JobNotification[] {
  const heard: JobNotification[] = [];
  backend.notificationChannel.subscribe(notification => void heard.push(notification));
  return heard;
}

/** A backend whose channel listens, as after agenda.start(). */
export async function listener(bench: AgendaBench, options = {}): Promise<MysqlBackend> {
  const backend = await bench.backend({ ...quick, ...options });
  await backend.notificationChannel.connect();
  return backend;
}
