import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A shell session whose variables, working folder and background processes last from one block to the next. */
export interface Shell {
  /** Runs commands; rejects with what they printed when one fails. */
  run(commands: string): Promise<void>;
  /** Ends what was left in the background. */
  close(): Promise<void>;
}

const blockMs = 300_000;
const stopMs = 40_000;

export function openShell(folder: string, variables: Record<string, string>): Shell {
  const { PATH = '', HOME = '' } = process.env;
  const groups: number[] = [];
  return {
    async run(commands) {
      const output = await open(path.join(folder, '.guide-output'), 'w');
      const script = `[ ! -f .guide-variables ] || . ./.guide-variables\n${commands}\nexport -p > .guide-variables\n`;
      const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
        cwd: folder,
        env: { PATH, HOME, ...variables },
        stdio: ['ignore', output.fd, output.fd],
        // A group of its own, by which its background processes are found again.
        detached: true,
        timeout: blockMs,
      });
      groups.push(child.pid ?? 0);
      const [code, signal] = await once(child, 'exit');
      await output.close();
      if (code !== 0) {
        const printed = await readFile(path.join(folder, '.guide-output'), 'utf8');
        throw new Error(`ended with ${signal ?? code}:\n${commands}\n${printed.slice(-6000)}`);
      }
      for (const [, file = ''] of commands.matchAll(/> (\S+) 2>&1 &$/gm))
        await hasSpoken(path.join(folder, file));
    },
    async close() {
      const deadline = Date.now() + stopMs;
      for (const group of groups) signalGroup(group, 'SIGTERM');
      while (groups.some(group => signalGroup(group, 0)) && Date.now() < deadline) await sleep(100);
      for (const group of groups) signalGroup(group, 'SIGKILL');
    },
  };
}

/** A process in the background is up when it has said so in its log. */
async function hasSpoken(log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (((await stat(log).catch(() => null))?.size ?? 0) === 0) {
    if (Date.now() > deadline) throw new Error(`${path.basename(log)} is still empty after a minute.`);
    await sleep(100);
  }
}

/** False when none of its processes is left. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
