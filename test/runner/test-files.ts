import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('../', import.meta.url));

/**
 * The kinds of test that `npm test` runs; `bench` measures and has a command of its own. The longest files are in the
 * first ones: begun early, they keep no lane busy after the others have ended.
 */
const kinds = ['chaos', 'browser', 'http', 'database', 'unit'];

/** The test files of the named files and folders (relative to the working folder), or all of them. */
export function chosenFiles(named: string[]): string[] {
  if (named.length === 0) return kinds.flatMap(kind => testFilesIn(join(here, kind)));
  return named
    .map(name => resolve(name))
    .flatMap(path => (statSync(path).isDirectory() ? testFilesIn(path) : [path]));
}

function testFilesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .sort()
    .map(name => join(folder, name));
}
