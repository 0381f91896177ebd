import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { root, writeDist } from './root.ts';

/** Writes the licences of all packages whose code is in the bundles, as those licences ask for. */
export function writeLicences(metafiles: readonly Metafile[]): void {
  const folders = new Set(metafiles.flatMap(({ inputs }) => Object.keys(inputs)).flatMap(packageFolder));
  const notices = [...folders].map(notice).sort();
  writeDist('THIRD-PARTY.txt', [heading, ...new Set(notices)].join(`\n\n${'-'.repeat(78)}\n\n`));
}

const heading = 'Postlane contains code of the following packages, each under its own licence.';

function packageFolder(file: string): string[] {
  const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
  return folder ? [path.join(root, folder)] : [];
}

function notice(folder: string): string {
  const { name, version, license, author } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const by = typeof author === 'string' ? author : author?.name;
  const files = readdirSync(folder).filter(file => /^(licen[cs]e|notice|copying)/i.test(file));
  const texts = files.map(file => readFileSync(path.join(folder, file), 'utf8').trim());
  return [`${name} ${version} (${license})${by ? `, ${by}` : ''}`, ...texts].join('\n\n');
}
