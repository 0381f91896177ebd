import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { apparmorWorkaround } from './apparmor-workaround.ts';
import type { Engine } from './engine.ts';
import type { LocalFolder } from './folder.ts';
import type { LocalDatabase, LocalOptions } from './local-database.ts';
import { endOrphan } from './orphan.ts';
import { runStep } from './step.mjs';
import { type Supervised, supervise } from './supervise.ts';

/** Starts the machine's own server program on a data folder and a socket of ours. */
export async function startPrivateServer(
  folder: LocalFolder,
  found: Engine,
  options: LocalOptions,
): Promise<LocalDatabase> {
  const engine = apparmorWorkaround(found, folder.path);
  // One for each kind: neither can read the other's.
  const data = join(folder.path, `data-${engine.kind}`);
  await endOrphan(folder.pidFile, data, options.log);
  const isNew = await initialise(data, engine, options);
  options.log(`Starting a private ${engine.title} in .postlane/${folder.name} ...`);
  const wanted: Supervised = {
    command: engine.server,
    args: serverArguments(folder, engine, data),
    address: { path: folder.socket },
    logFile: folder.logFile,
    log: options.log,
    signal: options.signal,
  };
  const server = await supervise(wanted).catch(async error => {
    // The tests' data is not safe in a power cut, and worth nothing: what cannot be started is replaced.
    if (isNew || folder.name === 'start' || options.signal?.aborted) throw error;
    options.log('It does not start on the data of the last run; beginning with an empty folder.');
    rmSync(data, { recursive: true, force: true });
    await initialise(data, engine, options);
    return supervise(wanted);
  });
  return {
    url: `mysql://root@localhost/postlane?socketPath=${encodeURIComponent(folder.socket)}`,
    engine: engine.title,
    stop: server.stop,
  };
}

// Initialised under another name first: a data folder that is there is whole. Says whether it was missing.
async function initialise(data: string, engine: Engine, { log, signal }: LocalOptions): Promise<boolean> {
  if (existsSync(data)) return false;
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const [command, args] = engine.installer
    ? [engine.installer, ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db']]
    : [engine.server, ['--no-defaults', '--initialize-insecure', ...mysqlOnly(engine)]];
  await runStep({
    title: `Initialising an empty ${engine.title} data folder`,
    command,
    args: [...args, ...asUser(), `--datadir=${draft}`],
    log,
    signal,
  });
  renameSync(draft, data);
  return true;
}

function serverArguments(folder: LocalFolder, engine: Engine, data: string): string[] {
  return [
    '--no-defaults',
    ...asUser(),
    `--datadir=${data}`,
    `--socket=${folder.socket}`,
    `--pid-file=${folder.pidFile}`,
    '--skip-networking',
    '--skip-log-bin',
    '--max-connections=200',
    '--innodb-buffer-pool-size=256M',
    ...(folder.name === 'test' ? withoutDurability : []),
    ...(engine.kind === 'mysql' ? mysqlOnly(engine) : []),
  ];
}

const withoutDurability = [
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-doublewrite=0',
  '--loose-innodb-flush-method=nosync',
];

// No second protocol with its own port and socket, no folder for files that only a package's installation makes.
function mysqlOnly({ home }: Engine): string[] {
  return ['--mysqlx=0', '--secure-file-priv=NULL', `--basedir=${home}`];
}

// Both servers refuse to run as root unless it is asked for by name.
function asUser(): string[] {
  return process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [];
}
