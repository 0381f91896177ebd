import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../../server/mail/index.ts';
import type { Answers } from './answers.ts';
import type { NewFile } from './config-file.ts';

const starter = path.join(packageRoot, 'templates/starter');
const wordsFile = 'words.json';

/** The starter's templates in the answered language, with the answered brand, to be written into `folder`. */
export async function templateFiles(folder: string, answers: Answers): Promise<NewFile[]> {
  const names = (await readdir(starter, { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => path.relative(starter, path.join(entry.parentPath, entry.name)))
    .filter(name => name !== wordsFile)
    .sort();
  const words: Record<string, string> = JSON.parse(await readFile(path.join(starter, wordsFile), 'utf8'))[
    answers.language
  ];
  return Promise.all(
    names.map(async name => {
      const text = await readFile(path.join(starter, name), 'utf8');
      const filled =
        name === 'brand.json' ? brandOf(text, answers) : fill(text, { ...words, ...siteOf(answers) });
      return { file: path.join(folder, name), text: filled };
    }),
  );
}

function brandOf(text: string, { brand, url, address, from, language }: Answers): string {
  const supportEmail = from && /(?<![^<\s])[^<\s@]+@[^>\s]+/.exec(from)?.[0];
  const given = Object.entries({ name: brand, url, address, supportEmail, language });
  const changes = Object.fromEntries(given.filter(([, value]) => value !== null));
  return `${JSON.stringify({ ...JSON.parse(text), ...changes }, null, 2)}\n`;
}

function siteOf({ url }: Answers): Record<string, string> {
  return { url: url ?? 'https://www.example.com' };
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\[\[([\w.]+)\]\]/g, (_all, word: string) => {
    const value = words[word];
    if (value === undefined) throw new Error(`The starter has no text for ${word}.`);
    return value;
  });
}
