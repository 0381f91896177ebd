import { readdirSync } from 'node:fs';
import path from 'node:path';
import { adminSources } from './sources.ts';

/** What browsers load, by file name: `admin.css`, a module for each entry, and the chunks that modules share. */
export type Bundle = ReadonlyMap<string, Uint8Array>;

/** Folders that a bundle is made of, beside what it takes from packages. */
export const bundleSources = ['client', 'assets'].map(folder => path.join(adminSources, folder));

/**
 * Builds the stylesheet and the scripts: each file of client/entries becomes one module. Takes about half a second.
 * The builder is there in development only; the published package brings what it made, see .build/.
 */
export async function buildBundle(): Promise<Bundle> {
  const { build, stop } = await import('esbuild');
  try {
    const { outputFiles } = await build({
      entryPoints: entryPoints(),
      outdir: '/',
      entryNames: '[name]',
      chunkNames: 'chunk-[hash]',
      bundle: true,
      splitting: true,
      format: 'esm',
      target: 'es2022',
      minify: true,
      legalComments: 'none',
      write: false,
      logLevel: 'silent',
    });
    return new Map(outputFiles.map(({ path: file, contents }) => [path.basename(file), contents]));
  } finally {
    await stop();
  }
}

function entryPoints(): string[] {
  const entries = path.join(adminSources, 'client/entries');
  return [
    path.join(adminSources, 'assets/styles/admin.css'),
    ...readdirSync(entries).map(entry => path.join(entries, entry)),
  ];
}
