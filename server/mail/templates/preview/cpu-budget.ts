import { readFileSync, readlinkSync } from 'node:fs';

/** The processor time that a piece of work may take. */
export interface CpuBudget {
  /** The work is done: nothing is measured any more. */
  end(): void;
}

/** Of the budget, on the wall: for work that does not compute but waits, and where processor time is not known. */
const longestWait = 4;
const checkEveryMs = 50;

/**
 * Calls `onUsedUp` once a thread has used so much processor time from now on, or four times that has passed. Where the
 * system does not tell what a thread uses, the time that passes counts. `thread`: see {@link threadProcPath}.
 */
export function startCpuBudget(thread: string | null, timeMs: number, onUsedUp: () => void): CpuBudget {
  const beganAt = performance.now();
  const usedBefore = cpuTimeMs(thread);
  let timer = setTimeout(check, timeMs);

  function check(): void {
    const used = cpuTimeMs(thread);
    const left = used === null || usedBefore === null ? 0 : timeMs - (used - usedBefore);
    if (left > 0 && performance.now() - beganAt < longestWait * timeMs)
      timer = setTimeout(check, Math.max(left, checkEveryMs));
    else onUsedUp();
  }

  return { end: () => clearTimeout(timer) };
}

/** Where Linux tells about the calling thread, below `/proc`; null on other systems. */
export function threadProcPath(): string | null {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return null;
  }
}

/**
 * Processor time of a process or thread so far, in ms and steps of 10; null where it cannot be known. `proc` is its
 * folder below `/proc`: a process's id, or what {@link threadProcPath} gives.
 */
export function cpuTimeMs(proc: string | number | null): number | null {
  if (proc === null) return null;
  try {
    const stat = readFileSync(`/proc/${proc}/stat`, 'utf8');
    // Behind the program's name, which may hold anything, utime and stime come twelfth and thirteenth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}
