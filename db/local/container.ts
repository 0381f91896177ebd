import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { LocalFolder } from './folder.ts';
import { freePort } from './free-port.ts';
import type { LocalDatabase, LocalOptions } from './local-database.ts';
import { runStep } from './step.mjs';
import { supervise } from './supervise.ts';

const image = 'mariadb:10.11';
const serverOptions = ['--max-connections=200', '--innodb-flush-log-at-trx-commit=2'];

/** Runs MariaDB in a container, reachable from this machine alone; its data goes when it stops. */
export async function startContainer(folder: LocalFolder, options: LocalOptions): Promise<LocalDatabase> {
  const { log, signal } = options;
  const name = `postlane-${folder.name}-${folder.id}`;
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  await runStep({
    title: `Fetching the image ${image}`,
    command: 'docker',
    args: ['pull', '-q', image],
    log,
    signal,
  });
  await remove(name);
  log(`Starting ${image} in the container ${name}; its data lasts until it stops ...`);
  const container = ['--name', name, '-p', `127.0.0.1:${port}:3306`, '-e', 'MARIADB_ROOT_PASSWORD'];
  const server = await supervise({
    command: 'docker',
    args: ['run', '--rm', ...container, image, ...serverOptions],
    env: { ...process.env, MARIADB_ROOT_PASSWORD: password },
    address: { host: '127.0.0.1', port },
    logFile: folder.logFile,
    log,
    signal,
  });
  return {
    url: `mysql://root:${password}@127.0.0.1:${port}/postlane`,
    engine: `MariaDB in a container (${image})`,
    stop: () => server.stop().finally(() => remove(name)),
  };
}

// The name is of our folder and we hold its lock, so a container of that name is one that an earlier run left.
async function remove(name: string): Promise<void> {
  try {
    await promisify(execFile)('docker', ['rm', '-f', name]);
  } catch {
    // There is none.
  }
}
