import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../mail/index.ts';
import { buildBundle } from './bundle.ts';

// Part of `npm run build`: puts the stylesheet and the scripts beside the built app, where it looks for them first.
const folder = path.join(packageRoot, 'dist/server/admin/bundle');
mkdirSync(folder, { recursive: true });
for (const [name, content] of await buildBundle()) writeFileSync(path.join(folder, name), content);
