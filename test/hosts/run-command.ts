import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Where a command runs, and what its environment has beside PATH and HOME. */
export interface CommandPlace {
  cwd: string;
  env?: Record<string, string>;
  /** How long it may take, in ms. Default five minutes. */
  timeoutMs?: number;
}

/**
 * Runs a command as a host would: with nothing of our own environment. Resolves to what it printed; rejects with that when it
 * fails.
 */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, timeoutMs = 300_000 }: CommandPlace,
): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk));
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}:\n${printed}`);
  return printed;
}
