import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A PostgreSQL server of our own, reached by a socket only. */
export interface Postgres {
  /** For `connectionString`. */
  url: string;
  /** Version and what it does for a commit, in words. */
  title: string;
  stop(): Promise<void>;
}

const programs = '/usr/lib/postgresql';
const patienceMs = 60_000;

/**
 * Starts the newest PostgreSQL of the machine on an empty folder that is removed at the end; null where none is
 * installed. `durable`: each commit waits until it is on disk, as InnoDB's does with innodb_flush_log_at_trx_commit=1;
 * otherwise it is handed to the system and nobody waits for the disk, as with 2 or with the flush method nosync.
 */
export async function startPostgres({ durable }: { durable: boolean }): Promise<Postgres | null> {
  const bin = newestPrograms();
  if (!bin) return null;
  const folder = mkdtempSync(join(tmpdir(), 'postlane-pg-'));
  const user = unprivilegedUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const quiet = { ...user, cwd: folder, stdio: 'ignore' } as const;
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8', '--no-locale'],
    quiet,
  );
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, ...durability(durable)];
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...settings.flatMap(setting => ['-c', setting])],
    quiet,
  );
  const exited = once(server, 'exit');
  await untilReady(bin, folder);
  return {
    url: `postgresql://bench@localhost/postgres?host=${encodeURIComponent(folder)}`,
    title: `${versionOf(bin)}, ${inWords(durable)}`,
    async stop() {
      server.kill('SIGTERM'); // waits for the sessions that are still closing
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newestPrograms(): string | undefined {
  if (!existsSync(programs)) return undefined;
  const versions = readdirSync(programs).sort((a, b) => Number(b) - Number(a));
  return versions.map(version => join(programs, version, 'bin')).find(bin => existsSync(join(bin, 'initdb')));
}

// PostgreSQL refuses to run as root.
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const number = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: number('-u', name), gid: number('-g', name) };
    } catch {} // no such user
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user postgres nor nobody.');
}

function durability(durable: boolean): string[] {
  const flush = durable ? 'on' : 'off';
  return ['synchronous_commit=on', `fsync=${flush}`, `full_page_writes=${flush}`];
}

function inWords(durable: boolean): string {
  const commits = durable ? 'every commit flushed to disk' : 'commits not flushed to disk';
  return `${commits} (${durability(durable).join(', ')})`;
}

async function untilReady(bin: string, folder: string): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      execFileSync(join(bin, 'pg_isready'), ['-h', folder, '-q']);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(100);
    }
  }
}

function versionOf(bin: string): string {
  const text = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/\d+(\.\d+)*/.exec(text)?.[0] ?? ''}`;
}
