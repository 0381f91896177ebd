import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const cli = fileURLToPath(new URL('../../worker/cli.ts', import.meta.url));

/** Runs `postlane ...` as on a server, without a terminal; what it prints. Rejects when it fails. */
export async function postlane(env: Record<string, string>, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', cli, ...words], {
    env: { ...process.env, ...env },
  });
  return stdout;
}
