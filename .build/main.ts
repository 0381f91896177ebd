import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildBundle } from '../server/admin/bundle.ts';
import { writeBundles } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';
import { writeEntryFiles } from './entry-files.ts';
import { writeLicences } from './licences.ts';
import { root, writeDist } from './root.ts';

/** `npm run build`: everything of the package that is not a source lies in dist/ afterwards. */
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
writeLicences(await writeBundles());
writeEntryFiles();
await writeDeclarations();
for (const [name, content] of await buildBundle()) writeDist(path.join('pages', name), content);
cpSync(path.join(root, 'node_modules/agendash/public'), path.join(root, 'dist/agendash'), {
  recursive: true,
});
