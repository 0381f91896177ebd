import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Answers } from './answers.ts';
import { configFile, environmentLines, ignoredLines, type NewFile } from './config-file.ts';
import { readHost } from './host.ts';
import { hostTest } from './host-test.ts';
import { templateFiles } from './template-files.ts';

/** What became of a starter; names of files are within the host's folder. */
export interface Starter {
  written: string[];
  /** There already, and left as they are. */
  kept: string[];
  /** Files that were there and got further lines. */
  extended: string[];
}

/** Writes a starter into a host, and over nothing that is there. */
export async function writeStarter(folder: string, answers: Answers): Promise<Starter> {
  const host = await readHost(folder);
  const files = [
    configFile(host, answers),
    ...(await templateFiles(host.templates, answers)),
    hostTest(host),
  ];
  const starter: Starter = { written: [], kept: [], extended: [] };
  for (const one of files) ((await isNew(folder, one)) ? starter.written : starter.kept).push(one.file);
  for (const [file, lines] of [
    ['.env.example', environmentLines],
    ['.gitignore', ignoredLines],
  ] as const) {
    const done = await addLines(folder, file, lines);
    if (done) starter[done].push(file);
  }
  return starter;
}

/** Writes a file; false where there is one of that name. */
async function isNew(folder: string, { file, text }: NewFile): Promise<boolean> {
  const place = path.join(folder, file);
  await mkdir(path.dirname(place), { recursive: true });
  try {
    await writeFile(place, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Adds the lines that a file lacks, by what stands before their `=`. */
async function addLines(
  folder: string,
  file: string,
  lines: readonly string[],
): Promise<'written' | 'extended' | 'kept'> {
  const place = path.join(folder, file);
  const before = await readFile(place, 'utf8').catch(() => null);
  const nameOf = (line: string) => line.trim().split('=', 1)[0];
  const there = new Set((before ?? '').split('\n').map(nameOf));
  const missing = lines.filter(line => !there.has(nameOf(line)));
  if (missing.length === 0) return 'kept';
  const gap = before && !before.endsWith('\n') ? '\n' : '';
  await writeFile(place, `${before ?? ''}${gap}${missing.join('\n')}\n`);
  return before === null ? 'written' : 'extended';
}
