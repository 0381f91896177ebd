import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this app's sources, where views and assets are; a build under dist/ reads them from there too. */
export const adminSources = path.join(packageRoot(), 'server/admin');

function packageRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const root = path.resolve(here, '../..');
  return path.basename(root) === 'dist' ? path.dirname(root) : root;
}
