import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { takeLock } from './local/lock.mjs';
import { runStep } from './local/step.mjs';

// The first thing `npm start` and `npm test` run: Node alone is there, nothing else may be imported.

const root = fileURLToPath(new URL('../', import.meta.url));
const lockFile = `${root}package-lock.json`;
const installedFile = `${root}node_modules/.package-lock.json`;

/**
 * Runs `npm ci` when the dependencies are missing or older than package-lock.json; once, however many ask.
 * Where that fails, or is interrupted, the process ends with the reason said.
 */
export async function ensureDependencies() {
  if (areInstalled()) return;
  const release = await lockWhenFree();
  const exitCode = areInstalled() ? 0 : await install();
  release();
  if (exitCode !== 0) process.exit(exitCode);
}

/** Imports a TypeScript entry, which may import further TypeScript, into this process. */
export async function runTypeScript(entryUrl) {
  const { register } = await import('tsx/esm/api');
  register();
  await import(String(entryUrl));
}

function areInstalled() {
  if (!existsSync(installedFile)) return false;
  if (statSync(lockFile).mtimeMs <= statSync(installedFile).mtimeMs) return true;
  if (!holdsTheSame()) return false;
  const now = new Date();
  utimesSync(installedFile, now, now);
  return true;
}

// A checkout renews the lock file's time without changing it; that alone is no reason to install again.
function holdsTheSame() {
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(lockFile)).every(
    ([path, wanted]) =>
      path === '' || installed[path]?.version === wanted.version || (wanted.optional && !installed[path]),
  );
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

async function lockWhenFree() {
  let holder;
  for (;;) {
    const taken = takeLock(`${root}.postlane/install.lock`);
    if (typeof taken === 'function') return taken;
    if (holder !== taken)
      say(`Another command (process ${taken}) is installing the dependencies; waiting for it ...`);
    holder = taken;
    await pause(200);
  }
}

/** Returns the exit code of the whole command: 0 when all is well. */
async function install() {
  const interrupted = new AbortController();
  const interrupt = name => interrupted.abort(name);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await runStep({
      title: 'Installing the dependencies (npm ci)',
      ...npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=http']),
      env: { ...process.env, POSTLANE_BUILD: 'no' },
      log: say,
      signal: interrupted.signal,
    });
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 128 + constants.signals[interrupted.signal.reason];
    say(error.message);
    return 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

// The npm that runs us, when one does: another may stand first in the PATH.
function npm(args) {
  const running = process.env.npm_execpath;
  const options = ['--prefix', root];
  return running && basename(running) === 'npm-cli.js'
    ? { command: process.execPath, args: [running, ...args, ...options] }
    : { command: 'npm', args: [...args, ...options] };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
