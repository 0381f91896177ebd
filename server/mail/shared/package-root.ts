import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether this runs from a build of the package, and not from its sources. */
export const isBuilt = !import.meta.url.endsWith('.ts');

/** The package's folder: templates and views lie in it, for the sources and for a build. */
export const packageRoot = isBuilt
  ? installedRoot()
  : path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Path of a file or folder that only a build has. */
export function builtFile(name: string): string {
  return path.join(packageRoot, 'dist', name);
}

/** In node_modules; looked for from the working directory when a host's bundler has moved our code out of there. */
function installedRoot(): string {
  const own = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
  if (isPostlane(path.join(own, 'package.json'))) return own;
  try {
    const host = createRequire(path.join(process.cwd(), 'package.json'));
    return path.dirname(host.resolve('postlane/package.json'));
  } catch {
    throw new Error(
      'Postlane was bundled and its views, templates and worker threads are not there: install the package beside the ' +
        'bundle, where require.resolve finds it, or keep it out of the bundle (esbuild: --external:postlane).',
    );
  }
}

function isPostlane(file: string): boolean {
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'postlane';
}
