import { MailError } from '../../error.ts';
import { brandedKey, brandOfKey } from '../../routing/brands.ts';
import { keyProblem, type Source, type SourceRef } from '../language/source.ts';
import { placeOf, type SourceFolders, shownPath } from './file-names.ts';
import { readSourceFiles } from './read-files.ts';
import { writeSourceFiles } from './write-files.ts';

/** Reads every source of all folders. Throws `invalid-template` naming the file. */
export async function readAllFiles({ common, brands }: SourceFolders): Promise<Source[]> {
  const own = Object.entries(brands).map(([brand, folder]) => readBrandFiles(brand, folder));
  return (await Promise.all([readSourceFiles(common), ...own])).flat();
}

/** Writes a source to where it is read from; false where there is no such folder. */
export async function writeToFolder(folders: SourceFolders, source: Source): Promise<boolean> {
  const { folder, key } = placeOf(folders, source.key);
  if (folder === undefined) return false;
  await writeSourceFiles(folder, { ...source, key });
  return true;
}

/** Why a new source may not have its key, as a sentence; null when it may. A brand's own template is named after it. */
export function newKeyProblem({ brands }: SourceFolders, { kind, key }: SourceRef): string | null {
  const brand = kind === 'template' ? brandOfKey(key) : null;
  if (brand === null || !Object.hasOwn(brands, brand)) return keyProblem({ kind, key });
  return keyProblem({ kind, key: key.slice(brandedKey(brand, '').length) }) ?? lengthProblem(key);
}

/** The templates that a brand has of its own; layouts, partials and the values of the brand are not among them. */
async function readBrandFiles(brand: string, folder: string): Promise<Source[]> {
  const found = await readSourceFiles(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new MailError(
      'invalid-template',
      `There is no folder ${shownPath(folder)} with the templates of ${brand}.`,
    );
  });
  return found.map(source => {
    const { kind } = source;
    const help =
      kind === 'brand'
        ? `put its values into brands.${brand}.values`
        : `give it another name beside the common ones`;
    if (kind !== 'template')
      throw new MailError(
        'invalid-template',
        `${shownPath(folder)} has a ${kind}, and may have templates alone: ${help}.`,
      );
    const key = brandedKey(brand, source.key);
    const problem = lengthProblem(key);
    if (problem) throw new MailError('invalid-template', `${shownPath(folder, source.key)}: ${problem}`);
    return { ...source, key };
  });
}

function lengthProblem(key: string): string | null {
  return key.length > 64 ? `${key} has more than 64 characters: choose a shorter key.` : null;
}
