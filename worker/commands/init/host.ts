import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CommandError, exitCodes } from '../command.ts';

/** What a host runs its tests with. */
export type Runner = 'vitest' | 'jest' | 'mocha' | 'node';

/** What a starter has to fit. */
export interface Host {
  folder: string;
  /** Whether files ending in `.js` are modules. */
  esm: boolean;
  /** Whether its configuration can be TypeScript: then this Node.js, or the host's tsx, loads it. */
  typescript: boolean;
  runner: Runner;
  /** Whether its test runner takes TypeScript. */
  typescriptTests: boolean;
  /** Folder for template files, within the host's. */
  templates: string;
  /** Folder of its tests, within the host's. */
  tests: string;
}

/** Looks at a host's package.json and folders. Throws a CommandError where there is no package.json. */
export async function readHost(folder: string): Promise<Host> {
  const manifest = await readManifest(folder);
  const uses = new Set(Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }));
  const isTypeScript = existsSync(path.join(folder, 'tsconfig.json')) || uses.has('typescript');
  const runner = runnerOf(uses, manifest.scripts?.test ?? '');
  return {
    folder,
    esm: manifest.type === 'module',
    typescript: isTypeScript && (uses.has('tsx') || readsTypeScript()),
    runner,
    typescriptTests: isTypeScript && takesTypeScript(runner, uses),
    templates: templatesFolder(folder),
    tests: ['test', 'tests', '__tests__'].find(name => existsSync(path.join(folder, name))) ?? 'test',
  };
}

/** Whether this Node.js loads TypeScript by itself; its own types say nothing of it yet. */
function readsTypeScript(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}

interface Manifest {
  type?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

async function readManifest(folder: string): Promise<Manifest> {
  const file = path.join(folder, 'package.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no' : 'This cannot be read:';
    throw new CommandError(
      `${why} ${file}. Name the folder of your app: postlane init FOLDER.`,
      exitCodes.usage,
    );
  }
}

function runnerOf(uses: ReadonlySet<string>, script: string): Runner {
  const known = ['vitest', 'jest', 'mocha'] as const;
  return known.find(name => script.includes(name)) ?? known.find(name => uses.has(name)) ?? 'node';
}

function takesTypeScript(runner: Runner, uses: ReadonlySet<string>): boolean {
  if (runner === 'vitest') return true;
  const loaders = runner === 'jest' ? ['ts-jest', '@swc/jest'] : ['tsx', 'ts-node'];
  return loaders.some(name => uses.has(name));
}

// A folder of that name may hold something else, such as the host's own views.
function templatesFolder(folder: string): string {
  const isFree = !existsSync(path.join(folder, 'templates'));
  return isFree || existsSync(path.join(folder, 'templates/brand.json')) ? 'templates' : 'mail-templates';
}
