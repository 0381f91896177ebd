import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../run-command.ts';
import type { Release } from './releases.ts';

/** A process that has said that it is up. */
export interface Started {
  /** Such as `app B`. */
  name: string;
  release: Release;
  /** What it said when it was up, and the part of it that was asked for. */
  ready: RegExpExecArray;
  /** Null while it runs as it should. */
  fault(): string | null;
  /** Ends it by SIGTERM; rejects when it does not end in order and in time. */
  stop(): Promise<void>;
}

/** Processes of both releases, with the variables that they all have. */
export interface Processes {
  start(release: Release, name: string, words: readonly string[], ready: RegExp): Promise<Started>;
  /** Runs `postlane` with these words to its end. */
  command(release: Release, ...words: string[]): Promise<string>;
  /** Ends what still runs. */
  close(): Promise<void>;
}

const readyMs = 60_000;
const stopMs = 40_000;

/** The command `postlane` of a release, as words for node. */
export const postlane = 'node_modules/postlane/dist/cli.cjs';

export function openProcesses(env: Record<string, string>): Processes {
  const { PATH = '', HOME = '' } = process.env;
  const children: { child: ChildProcess; ended: Promise<unknown> }[] = [];
  return {
    async start(release, label, words, ready) {
      const name = `${label} ${release.name}`;
      const child = spawn(process.execPath, words, {
        cwd: release.folder,
        env: { PATH, HOME, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const ended = once(child, 'close');
      children.push({ child, ended });
      let printed = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (printed += chunk));
      const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
      const tail = () => `${name}:\n${printed.slice(-4000)}`;
      const deadline = Date.now() + readyMs;
      let said = ready.exec(printed);
      while (!said) {
        if (hasEnded()) throw new Error(`It refused to start: ${tail()}`);
        if (Date.now() > deadline) throw new Error(`It is not up after a minute: ${tail()}`);
        await sleep(20);
        said = ready.exec(printed);
      }
      return {
        name,
        release,
        ready: said,
        fault: () => (hasEnded() ? `It ended by itself: ${tail()}` : null),
        async stop() {
          if (hasEnded()) throw new Error(`It ended by itself: ${tail()}`);
          child.kill('SIGTERM');
          const inTime = await Promise.race([ended.then(() => true), sleep(stopMs, false, { ref: false })]);
          if (!inTime) throw new Error(`It does not end on SIGTERM: ${tail()}`);
          if (child.exitCode !== 0)
            throw new Error(`It ended with ${child.signalCode ?? child.exitCode}: ${tail()}`);
        },
      };
    },
    command: ({ folder }, ...words) => run(process.execPath, [postlane, ...words], { cwd: folder, env }),
    async close() {
      for (const { child } of children) child.kill('SIGTERM');
      await Promise.race([
        Promise.all(children.map(({ ended }) => ended)),
        sleep(stopMs, undefined, { ref: false }),
      ]);
      for (const { child } of children) child.kill('SIGKILL');
    },
  };
}
