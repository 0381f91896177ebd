import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Effort, measureEffort } from './effort.ts';

/** The sandbox in a process of its own: the same for both sides, and off the event loop that is measured. */
export interface Sink {
  apiUrl: string;
  token: string;
  /** With the credentials in it. */
  smtpUrl: string;
  caCertificate: string;
  /** Runs `work` and says how long it took and what it cost each process. */
  measure(work: () => Promise<unknown>): Promise<Effort>;
  /** Throws unless each of these addresses got exactly one mail and nobody else any; then forgets all mail. */
  expectOneEach(recipients: readonly string[]): Promise<void>;
  /** Throws unless so many mails came; then forgets them. */
  expectCount(count: number): Promise<void>;
  stop(): Promise<void>;
}

const entry = new URL('../sandbox/main.ts', import.meta.url);

/** Starts it; `latencyMs` is its time to answer a REST call. It ends with this process at the latest. */
export async function startSink(latencyMs: number, databasePid: number | null): Promise<Sink> {
  const token = randomUUID();
  const args = ['--import', 'tsx', entry.pathname, '--token', token, '--latency-ms', String(latencyMs)];
  // A group of its own: Ctrl-C in the terminal reaches us alone. The channel tells it when we are gone.
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    detached: true,
  });
  const { apiUrl, smtpUrl } = await firstLine(child);
  const control = async (method: 'GET' | 'POST', path: string): Promise<unknown> => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${apiUrl}/sandbox/${path}`, { method, headers });
    if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${path}.`);
    return response.json();
  };
  const { caCertificate } = (await control('GET', 'certificate')) as { caCertificate: string };
  return {
    apiUrl,
    token,
    smtpUrl: smtpUrl.replace('://', `://${token}:${token}@`),
    caCertificate,
    measure: work => measureEffort({ sink: child.pid ?? null, database: databasePid }, work),
    async expectOneEach(recipients) {
      const copies = new Map(Object.entries((await control('GET', 'recipients')) as Record<string, number>));
      const wrong = recipients.filter(address => copies.get(address) !== 1).length;
      if (wrong > 0 || copies.size !== recipients.length) {
        throw new Error(
          `Of ${recipients.length} recipients, ${wrong} did not get exactly one mail; ${copies.size} addresses got any.`,
        );
      }
      await control('POST', 'reset');
    },
    async expectCount(count) {
      const { accepted } = (await control('GET', 'summary')) as { accepted: number };
      if (accepted !== count) throw new Error(`Of ${count} mails, ${accepted} came.`);
      await control('POST', 'reset');
    },
    stop: () => stop(child),
  };
}

async function firstLine(child: ChildProcess): Promise<{ apiUrl: string; smtpUrl: string }> {
  if (!child.stdout) throw new Error('The sandbox has no output.');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The sandbox did not start (exit code ${code}).`);
  });
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  return JSON.parse(line);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(patience);
}
