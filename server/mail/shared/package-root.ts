import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder: sources run from server/mail, a build from dist/server/mail; templates and views stay put. */
export const packageRoot = ((): string => {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
  return path.basename(root) === 'dist' ? path.dirname(root) : root;
})();
