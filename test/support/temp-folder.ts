import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openForEachTest } from './opened.ts';

/** A folder for the files of a test, gone after it. */
export interface TempFolder {
  folder(): string;
  /** Writes a file into it and returns its path. */
  put(name: string, text: string): Promise<string>;
}

/** One for each test of the suite around it. */
export function useTempFolder(): TempFolder {
  const folder = openForEachTest(
    () => mkdtemp(path.join(tmpdir(), 'postlane-test-')),
    opened => rm(opened, { recursive: true, force: true }),
  );
  return {
    folder,
    async put(name, text) {
      const file = path.join(folder(), name);
      await writeFile(file, text);
      return file;
    },
  };
}
