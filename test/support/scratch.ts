import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
const longestRunMs = 600_000;

/** A folder outside of the repository: nothing in it finds the repository's node_modules. */
export interface Scratch {
  folder: string;
  /** Runs a command in it and returns what it printed; what fails is thrown with all it said. */
  run(command: string, args: readonly string[], env?: Record<string, string>): Promise<string>;
  /** A folder below, with these files and a package.json. */
  host(name: string, files?: Record<string, string>): Scratch;
  remove(): void;
}

export function scratchFolder(folder = mkdtempSync(path.join(tmpdir(), 'postlane-packed-'))): Scratch {
  return {
    folder,
    run: (command, args, env = {}) => run(folder, command, args, env),
    host(name, files = {}) {
      const host = path.join(folder, name);
      const all = { 'package.json': `{ "name": "${name}", "private": true }\n`, ...files };
      for (const [file, text] of Object.entries(all)) {
        mkdirSync(path.dirname(path.join(host, file)), { recursive: true });
        writeFileSync(path.join(host, file), text);
      }
      return scratchFolder(host);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Builds and packs this package as `npm publish` would; returns the tarball's path. */
export async function pack(into: Scratch): Promise<string> {
  const printed = await run(repository, 'npm', ['pack', '--silent', '--pack-destination', into.folder], {});
  return path.join(into.folder, printed.trim().split('\n').at(-1) ?? '');
}

/** What has been installed below a folder: the packages in it, and the bytes that its files take up on a disk. */
export function installedIn({ folder }: Scratch): { packages: number; bytes: number } {
  const entries = readdirSync(path.join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const isPackage = /node_modules\/(@[^/]+\/)?[^/@.][^/]*$/;
  let packages = 0;
  let bytes = 0;
  for (const entry of entries) {
    const { blocks } = statSync(path.join(entry.parentPath, entry.name));
    bytes += blocks * 512;
    if (entry.name === 'package.json' && isPackage.test(entry.parentPath)) packages++;
  }
  return { packages, bytes };
}

// What the tests are run with says nothing about a host.
async function run(cwd: string, command: string, args: readonly string[], env: Record<string, string>) {
  const own = /^(npm_|MOCHA|TEST_|POSTLANE|DATABASE_URL$|NODE_OPTIONS$|NODE_ENV$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !own.test(name));
  try {
    const { stdout, stderr } = await promisify(execFile)(command, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), CI: 'true', ...env },
      timeout: longestRunMs,
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout + stderr;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}
