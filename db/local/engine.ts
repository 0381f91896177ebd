import { execFile } from 'node:child_process';
import { accessSync, constants, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** A database server's programs, found on this machine. */
export interface Engine {
  kind: 'mariadb' | 'mysql';
  /** In words, such as `MariaDB 10.11.6`. */
  title: string;
  /** The server program. */
  server: string;
  /** The folder above the server program's own, where its messages and plugins are found from. */
  home: string;
  /** What initialises an empty data folder; MySQL's server does that itself. */
  installer: string | undefined;
}

const oldest = { mariadb: [10, 6], mysql: [8, 0] } as const;

/** The first server in `folders` that is new enough and whole: MariaDB before MySQL. */
export async function findEngine(folders: string[] = programFolders()): Promise<Engine | undefined> {
  for (const program of ['mariadbd', 'mysqld']) {
    for (const server of findPrograms(program, folders)) {
      const engine = await inspect(server, folders);
      if (engine) return engine;
    }
  }
  return undefined;
}

/** The first program of that name in `folders`. */
export function findProgram(name: string, folders: string[] = programFolders()): string | undefined {
  return findPrograms(name, folders)[0];
}

function findPrograms(name: string, folders: string[]): string[] {
  return folders.map(folder => join(folder, name)).filter(isExecutable);
}

/** The folders of PATH, and those beside it where servers are kept. */
function programFolders(): string[] {
  const homebrew = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'];
  return [
    ...(process.env.PATH ?? '').split(delimiter).filter(folder => folder !== ''),
    ...[
      '/usr/sbin',
      '/usr/bin',
      '/usr/libexec',
      '/usr/libexec/mysqld',
      '/usr/local/sbin',
      '/usr/local/libexec',
    ],
    ...homebrew.flatMap(prefix => [join(prefix, 'bin'), ...kegs(join(prefix, 'opt'))]),
    '/usr/local/mysql/bin',
  ];
}

// Formulas of one version, such as mariadb@10.11, are not linked into Homebrew's bin.
function kegs(folder: string): string[] {
  return list(folder)
    .filter(name => /^(mariadb|mysql)(@|$)/.test(name))
    .sort()
    .reverse()
    .map(name => join(folder, name, 'bin'));
}

async function inspect(server: string, folders: string[]): Promise<Engine | undefined> {
  const told = await versionOf(server);
  const [, version, major, minor] = told.match(/Ver ((\d+)\.(\d+)[.\d]*)/) ?? [];
  if (!version) return undefined;
  const kind = told.includes('MariaDB') ? 'mariadb' : 'mysql';
  const [oldestMajor, oldestMinor] = oldest[kind];
  const age = Number(major) - oldestMajor || Number(minor) - oldestMinor;
  const home = join(dirname(realpathSync(server)), '..');
  const installer = kind === 'mariadb' ? installerBeside(home, folders) : undefined;
  if (age < 0 || (kind === 'mariadb' && !installer)) return undefined;
  return { kind, title: `${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`, server, home, installer };
}

function installerBeside(home: string, folders: string[]): string | undefined {
  const near = [join(home, 'bin'), join(home, 'scripts'), ...folders];
  return findProgram('mariadb-install-db', near) ?? findProgram('mysql_install_db', near);
}

async function versionOf(server: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(server, ['--no-defaults', '--version'], { timeout: 10_000 });
    return stdout;
  } catch {
    return '';
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
