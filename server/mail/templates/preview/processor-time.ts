import { readFileSync, readlinkSync } from 'node:fs';

/** Where Linux keeps the books of the thread that asks, for {@link processorMs}; null on other systems. */
export function ownBooks(): string | null {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return null;
  }
}

/**
 * Processor time of a process or thread so far, in ms and steps of 10; null where it cannot be known. `books` is its
 * folder in `/proc`.
 */
export function processorMs(books: string | number | null): number | null {
  if (books === null) return null;
  try {
    const stat = readFileSync(`/proc/${books}/stat`, 'utf8');
    // Behind the program's name, which may hold anything, utime and stime come twelfth and thirteenth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}
