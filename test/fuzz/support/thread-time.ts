import { readFileSync } from 'node:fs';

/** Processor time of the main thread so far, in ms: that of the process where the system does not tell threads apart. */
export function threadMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
  }
}
