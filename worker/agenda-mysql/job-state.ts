import type { SqlValue } from './database.ts';

/** Agenda's computeJobState as SQL; bind the moment twice, see {@link stateBindings}. */
export const stateSql = `CASE
  WHEN locked_at IS NOT NULL THEN 'running'
  WHEN failed_at IS NOT NULL AND (last_finished_at IS NULL OR failed_at >= last_finished_at) THEN 'failed'
  WHEN repeat_interval IS NOT NULL AND repeat_interval NOT IN ('""', '0', 'null') THEN 'repeating'
  WHEN next_run_at > ? THEN 'scheduled'
  WHEN next_run_at <= ? THEN 'queued'
  ELSE 'completed' END`;

/** What {@link stateSql} binds: the moment (UTC text) the states are computed for. */
export function stateBindings(now: string): SqlValue[] {
  return [now, now];
}
