import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';

/** A process of ours, from start to end. */
export interface Child {
  name: string;
  /** Resolves with a sentence when it ends; not expected before `stop`. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

/** How long a process may take to finish what it has in hand, in ms. */
const patienceMs = 35_000;

/**
 * Starts one TypeScript entry as a process with its log in a file, and waits until it says that it is up. It has a
 * channel to us and goes when we are gone.
 */
export async function startChild(
  name: string,
  entry: URL,
  env: Record<string, string>,
  logFolder: string,
): Promise<Child> {
  mkdirSync(logFolder, { recursive: true });
  const logFile = path.join(logFolder, `${name}.log`);
  const log = openSync(logFile, 'a');
  // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop things in order.
  const child = spawn(process.execPath, ['--import', 'tsx', entry.pathname], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  const ended = once(child, 'exit').then(
    ([code, signal]) => `The ${name} ended (${signal ?? `exit code ${code}`}); its log is ${logFile}`,
  );
  const up = once(child, 'message').then(() => null);
  const failure = await Promise.race([up, ended]);
  if (failure) throw new Error(failure);
  return { name, ended, stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const giveUp = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended;
  clearTimeout(giveUp);
}
