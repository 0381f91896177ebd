import { cpuTimeMs } from '../../server/mail/templates/preview/cpu-budget.ts';
import { median } from './statistics.ts';

/** What a piece of work took, all in ms; the processor time of another process is null where it cannot be known. */
export interface Effort {
  ms: number;
  cpu: { here: number; sink: number | null; database: number | null };
}

/** Runs `work` and measures it, also in the processes that it keeps busy. */
export async function measureEffort(
  pids: { sink: number | null; database: number | null },
  work: () => Promise<unknown>,
): Promise<Effort> {
  const [sink, database, here] = [cpuTimeMs(pids.sink), cpuTimeMs(pids.database), process.cpuUsage()];
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(here);
  return {
    ms,
    cpu: {
      here: (user + system) / 1000,
      sink: difference(cpuTimeMs(pids.sink), sink),
      database: difference(cpuTimeMs(pids.database), database),
    },
  };
}

/**
 * What one mail cost each process, in words: the median of efforts that sent `mails` each. On a busy machine this is
 * steadier than the time on the wall.
 */
export function costOf(efforts: readonly Effort[], mails: number): string {
  const each = (values: (number | null)[]) => {
    const known = values.flatMap(value => value ?? []);
    return known.length === 0 ? '?' : (median(known) / mails).toFixed(2);
  };
  const busy = median(efforts.map(({ ms, cpu }) => ((cpu.sink ?? 0) / ms) * 100));
  const warning = busy > 85 ? `; the sink was ${busy.toFixed(0)} % busy and may be what was measured` : '';
  return (
    `${each(efforts.map(({ cpu }) => cpu.here))} ms of processor per mail in this process, ` +
    `${each(efforts.map(({ cpu }) => cpu.database))} in the database, ` +
    `${each(efforts.map(({ cpu }) => cpu.sink))} in the sink${warning}`
  );
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}
