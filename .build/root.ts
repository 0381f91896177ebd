import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** What package.json says of the package. */
export const packageJson: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
);

/** Writes a file of the build; `file` is its path below dist/. */
export function writeDist(file: string, content: string | Uint8Array): void {
  const to = path.join(root, 'dist', file);
  mkdirSync(path.dirname(to), { recursive: true });
  writeFileSync(to, content);
}
