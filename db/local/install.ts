import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Engine, findEngine, findProgram } from './engine.ts';
import type { LocalOptions } from './local-database.ts';
import { runStep } from './step.mjs';

const run = promisify(execFile);

/**
 * Brings a database server onto a machine that has none, and says so: the system's package manager, Homebrew, else
 * a container. No service is started. Throws an Error that says what to do where none of them is to be had.
 */
export async function installEngine(options: LocalOptions): Promise<Engine | 'container'> {
  options.log('This machine has no MariaDB 10.6+ or MySQL 8.0+ server; one is needed to go on.');
  const faults: string[] = [];
  for (const install of [byPackageManager, byHomebrew]) {
    try {
      if (!(await install(options))) continue;
      const engine = await findEngine();
      if (engine) return engine;
      faults.push('What was installed brought no server that is new enough.');
    } catch (error) {
      options.signal?.throwIfAborted();
      faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (await dockerAnswers()) return 'container';
  throw new Error([...faults, advice].join('\n'));
}

const advice =
  'Postlane needs a database server and could not get one by itself. Install MariaDB 10.6 or newer, or MySQL 8.0 ' +
  'or newer (on Debian and Ubuntu, as root: apt-get install mariadb-server), and run this again; or start Docker; ' +
  'or set DATABASE_URL=mysql://user:password@host:3306/name to use a server that you have.';

/** What installs a server, by the package manager's program. */
const packageManagers = {
  dnf: ['dnf', 'install', '-y', 'mariadb-server'],
  apk: ['apk', 'add', 'mariadb'],
  pacman: ['pacman', '-S', '--noconfirm', '--needed', 'mariadb'],
};

async function byPackageManager(options: LocalOptions): Promise<boolean> {
  const become = rightsToInstall();
  if (!become) {
    options.log('Nothing can be installed: this user is not root and there is no sudo.');
    return false;
  }
  if (findProgram('apt-get')) return byApt(options, become);
  const [, install] = Object.entries(packageManagers).find(([program]) => findProgram(program)) ?? [];
  if (!install) return false;
  await step(options, `Installing MariaDB (${install.join(' ')})`, [...become, ...install]);
  return true;
}

// The -core packages hold the programs alone: no service, no user, no system database.
async function byApt(options: LocalOptions, become: string[]): Promise<boolean> {
  const apt = [
    ...become,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-o',
    'DPkg::Lock::Timeout=120',
  ];
  await step(options, "Reading the system's package lists (apt-get update)", [...apt, 'update', '-q']);
  const packages = await corePackages();
  const title = `Installing the distribution's own server, no service with it (apt-get install ${packages.join(' ')})`;
  await step(options, title, [...apt, 'install', '-q', '-y', '--no-install-recommends', ...packages]);
  return true;
}

// Older releases have the version in the names.
async function corePackages(): Promise<string[]> {
  const { stdout } = await run('apt-cache', ['search', '--names-only', '^mariadb-server-core(-[0-9.]+)?$']);
  const [newest] = stdout
    .split('\n')
    .map(line => line.split(' ')[0] ?? '')
    .filter(name => name !== '')
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const server = stdout.match(/^mariadb-server-core /m) ? 'mariadb-server-core' : newest;
  return server ? [server, server.replace('server', 'client')] : ['mysql-server-core'];
}

async function byHomebrew(options: LocalOptions): Promise<boolean> {
  const brew = process.platform === 'darwin' ? findProgram('brew') : undefined;
  if (!brew) return false;
  await step(options, 'Installing MariaDB with Homebrew, no service with it', [brew, 'install', 'mariadb']);
  return true;
}

async function dockerAnswers(): Promise<boolean> {
  const docker = findProgram('docker');
  if (!docker) return false;
  try {
    await run(docker, ['info'], { timeout: 15_000 });
    return true;
  } catch {
    return false;
  }
}

/** What to put before a command to run it as root, or undefined where that cannot be had. */
function rightsToInstall(): string[] | undefined {
  if (process.getuid?.() === 0) return [];
  if (!findProgram('sudo')) return undefined;
  return process.stdin.isTTY ? ['sudo'] : ['sudo', '-n'];
}

function step({ log, signal }: LocalOptions, title: string, [command, ...args]: string[]): Promise<void> {
  return runStep({ title, command: command ?? '', args, log, signal, input: 'inherit' });
}
