import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';

/** A process of ours, from start to end. */
export interface Child {
  /** Lets it begin, with what is told here added to its environment; resolves when it says that it is up. */
  begin(env: Record<string, string>): Promise<void>;
  /** Resolves with a sentence when it ends; not expected before `stop`. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** What a process is made of, as file addresses: the modules that it loads ahead, and what it then runs. */
export interface Program {
  library: URL;
  entry: URL;
}

/** How long a process may take to finish what it has in hand, in ms. */
const patienceMs = 35_000;

/** Starts a process with its log in a file; it waits for `begin`. It has a channel to us and goes when we are gone. */
export function prepareChild(name: string, { library, entry }: Program, logFolder: string): Child {
  mkdirSync(logFolder, { recursive: true });
  const logFile = path.join(logFolder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const waiting = new URL('./child.ts', import.meta.url).pathname;
  // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in order.
  const child = spawn(process.execPath, ['--import', 'tsx', waiting, library.href, entry.href], {
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit').then(
    ([code, signal]) => `The ${name} ended (${signal ?? `exit code ${code}`}); its log is ${logFile}`,
  );
  return {
    async begin(env) {
      const up = once(child, 'message').then(() => null);
      // Where it is gone already, `ended` says so.
      child.send(env, () => {});
      const failure = await Promise.race([up, ended]);
      if (failure) throw new Error(failure);
    },
    ended,
    stop: () => stopChild(child, ended),
  };
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(giveUp);
}
