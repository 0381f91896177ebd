import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Router } from 'express';
import { builtFile, isBuilt } from '../mail/index.ts';
import { type Bundle, buildBundle, bundleSources } from './bundle.ts';
import { guardedRouter } from './guarded-router.ts';
import { adminSources } from './sources.ts';

/** The published package brings what was built; the sources build it themselves. */
const prebuilt = builtFile('pages');

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The stylesheet, the scripts and the icon. Pages ask for them by version, chunks carry a hash in their names: both may
 * be kept for a year. In development they are built when the first of them is asked for.
 */
export function assetRouter(version: string): Router {
  const { router, get } = guardedRouter();
  get('/:name', 'assets', async ({ params, query }, response) => {
    const name = String(params.name);
    const content = (await bundle()).get(name);
    if (!content) {
      response.sendStatus(404);
      return;
    }
    const lasting = query.v === version || name.startsWith('chunk-');
    response.set({
      'Content-Type': types[path.extname(name)] ?? 'application/octet-stream',
      'Cache-Control': lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
    response.send(Buffer.from(content));
  });
  return router;
}

/** Changes whenever the stylesheet, a script or the icon does. */
export function assetVersion(): string {
  const hash = createHash('sha256');
  for (const folder of isBuilt ? [prebuilt] : bundleSources) {
    for (const file of filesIn(folder)) hash.update(file).update(readFileSync(path.join(folder, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

let loaded: Promise<Bundle> | null = null;

function bundle(): Promise<Bundle> {
  loaded ??= loadBundle();
  loaded.catch(() => {
    loaded = null;
  });
  return loaded;
}

async function loadBundle(): Promise<Bundle> {
  const icon = readFileSync(path.join(adminSources, 'assets/icon.svg'));
  return new Map([...(isBuilt ? readBundle() : await buildBundle()), ['icon.svg', icon]]);
}

function readBundle(): [string, Uint8Array][] {
  return filesIn(prebuilt).map(file => [file, readFileSync(path.join(prebuilt, file))]);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
