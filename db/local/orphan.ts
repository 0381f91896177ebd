import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { commandLine } from './lock.mjs';

/** How long a server may take to shut down before it is ended the hard way, in ms. */
export const shutdownMs = 20_000;

/**
 * Ends the server that an earlier process of ours left on this data folder. It is ours when the pid file in our own
 * folder names it and its command line names our data folder.
 */
export async function endOrphan(pidFile: string, data: string, log: (line: string) => void): Promise<void> {
  const pid = pidIn(pidFile);
  const isOurs = () => pid > 0 && (commandLine(pid)?.includes(`--datadir=${data} `) ?? false);
  if (isOurs()) {
    log(`Ending the private server that an earlier run left behind (process ${pid}) ...`);
    process.kill(pid, 'SIGTERM');
    const latest = Date.now() + shutdownMs;
    while (isOurs() && Date.now() < latest) await pause(50);
    if (isOurs()) process.kill(pid, 'SIGKILL');
  }
  rmSync(pidFile, { force: true });
}

function pidIn(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}
