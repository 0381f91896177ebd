import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { shutdownMs } from './orphan.ts';

/** A server to be run for as long as this process wants it. */
export interface Supervised {
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Where it will answer. */
  address: NetConnectOpts;
  /** Receives what it prints; begun again at each start. */
  logFile: string;
  log: (line: string) => void;
  signal?: AbortSignal | undefined;
}

// The shell ends the server as soon as the pipe from us closes, so it never outlives us, not even a SIGKILL.
const script = `
  "$@" 3<&- &
  server=$!
  { read -r _ <&3; kill -TERM $server; } 2>/dev/null &
  watcher=$!
  wait $server
  code=$?
  kill $watcher 2>/dev/null
  exit $code`;

/**
 * Starts the server in a process group of its own, where Ctrl-C in our terminal does not reach it, and waits until it
 * answers. Throws, with the end of its log, when it does not come up.
 */
export async function supervise(wanted: Supervised): Promise<{ stop(): Promise<void> }> {
  wanted.signal?.throwIfAborted();
  const child = launch(wanted);
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  let stopping = false;
  const stop = () => {
    stopping = true;
    return shutDown(child, ended);
  };
  try {
    await untilItAnswers(child, wanted);
  } catch (error) {
    await stop();
    throw error;
  }
  child.once('exit', () => {
    if (!stopping) wanted.log(`The database server has stopped by itself. ${theEndOf(wanted.logFile)}`);
  });
  return { stop };
}

function launch({ command, args, env, logFile }: Supervised): ChildProcess {
  const output = openSync(logFile, 'w', 0o600);
  try {
    return spawn('/bin/sh', ['-c', script, 'postlane-database', command, ...args], {
      stdio: ['ignore', output, output, 'pipe'],
      env: env ?? process.env,
      detached: true,
    });
  } finally {
    closeSync(output);
  }
}

async function untilItAnswers(
  child: ChildProcess,
  { address, logFile, log, signal }: Supervised,
): Promise<void> {
  const began = Date.now();
  let nextWord = began + 2_000;
  while (!(await greets(address))) {
    signal?.throwIfAborted();
    if (hasEnded(child)) throw new Error(`The database server did not start. ${theEndOf(logFile)}`);
    if (Date.now() - began > 120_000) {
      throw new Error(`The database server did not answer within two minutes. ${theEndOf(logFile)}`);
    }
    if (Date.now() > nextWord) {
      log(`  still starting, ${Math.round((Date.now() - began) / 1000)} s`);
      nextWord += 4_000;
    }
    await pause(40);
  }
}

// The server speaks first: a greeting whose body begins with the protocol's version, 10; an error begins with 255.
function greets(address: NetConnectOpts): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ ...address, timeout: 2_000 });
    const answer = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('data', packet => answer(packet[4] === 10));
    for (const failure of ['error', 'end', 'timeout']) socket.once(failure, () => answer(false));
  });
}

async function shutDown(child: ChildProcess, ended: Promise<void>): Promise<void> {
  // Closing the pipe is what asks the server to stop.
  child.stdio[3]?.destroy();
  const patience = setTimeout(() => endGroup(child), shutdownMs);
  await ended;
  clearTimeout(patience);
}

function endGroup({ pid }: ChildProcess): void {
  if (pid) process.kill(-pid, 'SIGKILL');
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

function theEndOf(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-12);
  return `Its log, ${logFile}, ends with:\n  ${lines.join('\n  ')}`;
}
