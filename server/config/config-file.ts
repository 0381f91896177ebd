import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError } from './config-error.ts';
import type { MailOptions } from './options.ts';

const endings = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'];

/**
 * Reads the `postlane.config.*` of a folder, or of the nearest one above it that has one; null when none has. `file` names it
 * instead. Throws a {@link ConfigError} for one that cannot be loaded, and for two in the same folder.
 */
export async function readConfigFile({
  cwd,
  file,
}: {
  cwd: string;
  file?: string | undefined;
}): Promise<MailOptions | null> {
  const found = file === undefined ? nearestFile(path.resolve(cwd)) : path.resolve(cwd, file);
  if (found === null) return null;
  if (!existsSync(found)) throw new ConfigError([`There is no file ${found}.`]);
  const options = await load(found);
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ConfigError([
      `${found} exports no configuration: its default export is to be what defineMail returns.`,
    ]);
  return { ...options, file: found };
}

function nearestFile(folder: string): string | null {
  const found = endings.map(ending => path.join(folder, `postlane.config.${ending}`)).filter(existsSync);
  if (found.length > 1)
    throw new ConfigError([`There are several configurations, keep one: ${found.join(', ')}.`]);
  const above = path.dirname(folder);
  return found[0] ?? (above === folder ? null : nearestFile(above));
}

async function load(file: string): Promise<unknown> {
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
    return defaultExport(await importFile(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${file} cannot be loaded: ${(error as Error)?.message ?? String(error)}`]);
  }
}

async function importFile(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return importTypeScript(file);
    // Where modules are loaded by somebody else, as in jest.
    if (code?.startsWith('ERR_VM_DYNAMIC_IMPORT')) return createRequire(file)(file);
    throw error;
  }
}

/** By the `tsx` of the host, where this Node.js reads no TypeScript by itself. */
async function importTypeScript(file: string): Promise<unknown> {
  const api = tsxOf(file);
  if (api === null) {
    throw new ConfigError([
      `${file} is TypeScript, which this Node.js cannot load: install tsx beside it (npm install --save-dev tsx), use ` +
        'Node.js 22.18 or later, or write the file as postlane.config.mjs.',
    ]);
  }
  const { tsImport } = (await import(api)) as { tsImport: (url: string, parent: string) => Promise<unknown> };
  const url = pathToFileURL(file).href;
  return tsImport(url, url);
}

/** The address of the API of a host's tsx: of its ES module, which nothing but `import` there could resolve. */
function tsxOf(file: string): string | null {
  try {
    const manifest = createRequire(file).resolve('tsx/package.json');
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
    return pathToFileURL(path.join(path.dirname(manifest), exports['./esm/api'].import.default)).href;
  } catch {
    return null;
  }
}

/** The default export, also of CommonJS and of TypeScript compiled to it, which wrap it once more. */
function defaultExport(module: unknown): unknown {
  const one = (module as { default?: unknown }).default ?? module;
  return (one as { __esModule?: boolean; default?: unknown })?.__esModule
    ? (one as { default?: unknown }).default
    : one;
}
