import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Router } from 'express';
import { adminSources } from './sources.ts';

const files = {
  'admin.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;

/** The stylesheet and the icon. The pages ask for them by version, so a day in the cache is safe. */
export function assetRouter(): Router {
  const router = Router();
  for (const [name, type] of Object.entries(files)) {
    const content = read(name);
    router.get(`/${name}`, (_request, response) => {
      response.set({ 'Content-Type': type, 'Cache-Control': 'public, max-age=86400' }).send(content);
    });
  }
  return router;
}

/** Changes whenever the stylesheet does. */
export function styleVersion(): string {
  return createHash('sha256').update(read('admin.css')).digest('hex').slice(0, 12);
}

function read(name: string): Buffer {
  return readFileSync(path.join(adminSources, 'assets', name));
}
