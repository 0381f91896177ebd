/**
 * Takes the lock at `path` for this process. Returns a function that gives it back, or the pid of the live process
 * that holds it. The lock of a process that is gone is taken over.
 */
export function takeLock(path: string): (() => void) | number;

/** When a process started, in whatever form its system tells; undefined when there is no such process. */
export function startedAt(pid: number): string | undefined;

/** The command line of a process, words parted by spaces; undefined when there is no such process. */
export function commandLine(pid: number): string | undefined;
