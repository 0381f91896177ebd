import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process of ours that a test may kill. */
export interface Victim {
  /** Sends it a message; resolves with the next one it sends. */
  ask(message: object): Promise<unknown>;
  /** Ends it without warning, as a power cut would; resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to stop; resolves with its exit code, null when a signal ended it. */
  stop(): Promise<number | null>;
  /** False once it has ended, whatever the reason. */
  alive(): boolean;
}

/** How to start one. */
export interface VictimOptions {
  /** Another process loads the same modules meanwhile, for the next start: most of a start is that. */
  successor?: boolean;
  /** Called with every message it sends. */
  hear?: (message: unknown) => void;
}

const running = new Set<ChildProcess>();
const spares = new Map<string, ChildProcess>();

/** Starts an entry, gives it `setup` as its first message and waits until it says `up`. It ends when we do. */
export async function startVictim(
  entry: URL,
  setup: object,
  { successor = false, hear }: VictimOptions = {},
): Promise<Victim> {
  const child = spares.get(entry.href) ?? load(entry);
  spares.delete(entry.href);
  if (successor) spares.set(entry.href, load(entry));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  // A message on its way to a process that was just killed is lost like everything else it had.
  child.on('error', () => undefined);
  if (hear) child.on('message', hear);
  const up = new Promise<void>((resolve, reject) => {
    child.on('message', message => message === 'up' && resolve());
    void ended.then(code => reject(new Error(`The process ended before it was up (exit code ${code}).`)));
  });
  child.send(setup);
  await up;
  return {
    ask: async message => {
      child.send(message);
      const [answer] = await once(child, 'message');
      return answer;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    alive: () => child.exitCode === null && child.signalCode === null,
  };
}

function load(entry: URL): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', entry.pathname], {
    stdio: ['ignore', process.env.CHAOS_LOG ? 'inherit' : 'ignore', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Kills what is still running; for `afterEach`. */
export async function endVictims(): Promise<void> {
  spares.clear();
  await Promise.all(
    [...running].map(async child => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}
