import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { root, writeDist } from './root.ts';

/** What is read of a source map here. */
interface SourceMap {
  sources: string[];
  sourcesContent: (string | null)[];
  mappings: string;
}

/** Leaves the code of packages out of a source map of the build: it would be most of it. */
export function mapOnlyOurs(file: string): void {
  const map: SourceMap = JSON.parse(readFileSync(path.join(root, 'dist', file), 'utf8'));
  const isOurs = map.sources.map(source => !source.includes('node_modules/'));
  const mappings = decode(map.mappings).map(line =>
    line.filter(([, source]) => source === undefined || isOurs[source]),
  );
  const sourcesContent = map.sourcesContent.map((content, index) => (isOurs[index] ? content : null));
  writeDist(file, JSON.stringify({ ...map, sourcesContent, mappings: encode(mappings) }));
}
