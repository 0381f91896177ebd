import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { templateTypes } from '../language/contract-types.ts';
import { readSourceFiles } from './template-files.ts';

/**
 * Writes the TypeScript types of the templates of a folder: with that file in a program, a wrong `template` or `data`
 * in `mail.send` does not compile. No database is needed. Throws `invalid-template`.
 */
export async function writeTemplateTypes(folder: string, out: string): Promise<void> {
  const sources = await readSourceFiles(folder);
  const templates = sources.flatMap(source =>
    source.kind === 'template'
      ? { key: source.key, description: source.content.description, contract: source.content.contract }
      : [],
  );
  await mkdir(path.dirname(path.resolve(out)), { recursive: true });
  await writeFile(out, templateTypes(templates));
}
