import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

// Plain JavaScript on built-ins alone: it is needed before the dependencies are installed.

/**
 * Takes the lock at `path` for this process. Returns a function that gives it back, or the pid of the live process
 * that holds it. The lock of a process that is gone is taken over.
 */
export function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    // A link appears with its content whole, and only if nothing is there.
    while (!linked(draft, path)) {
      const held = readLock(path);
      if (held && isRunning(held)) return held.pid;
      if (held) breakLock(path, held);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readLock(path)?.text === mine) rmSync(path, { force: true });
  };
}

function linked(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** What the lock file says, or undefined when there is none. */
function readLock(path) {
  const text = read(path);
  if (text === undefined) return undefined;
  try {
    return { ...JSON.parse(text), text };
  } catch {
    return { pid: 0, startedAt: '', text };
  }
}

function isRunning({ pid, startedAt: since }) {
  return pid > 0 && (since ? startedAt(pid) === since : isThere(pid));
}

// Where no start time is to be had, as in a chroot without /proc, the number alone has to do.
function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// Moved aside first: of two processes that find the same stale lock, only one moves it, and a fresh lock that was
// moved by mistake is put back.
function breakLock(path, held) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== held.text) linked(aside, path);
  rmSync(aside, { force: true });
}

/** When a process started, in whatever form its system tells; undefined when there is no such process. */
export function startedAt(pid) {
  if (process.platform !== 'linux') return tellOf(pid, 'lstart=');
  const stat = read(`/proc/${pid}/stat`);
  // After the name, which may hold spaces and brackets: state is field 3, the start time field 22. Z has ended.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? ['Z'];
  return state === 'Z' ? undefined : rest[18];
}

/** The command line of a process, words parted by spaces; undefined when there is no such process. */
export function commandLine(pid) {
  if (process.platform !== 'linux') return tellOf(pid, 'command=');
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim() || undefined;
}

function tellOf(pid, column) {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('ps', ['-o', column, '-p', String(pid)], options).trim() || undefined;
  } catch {
    return undefined;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return undefined;
    throw error;
  }
}
