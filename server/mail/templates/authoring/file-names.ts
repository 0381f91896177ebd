import path from 'node:path';
import { MailError } from '../../error.ts';
import { brandedKey, brandOfKey } from '../../routing/brands.ts';
import type { Issue } from '../issue.ts';

/** Where template files are: those for all, and by brand those of its own. */
export interface SourceFolders {
  common: string;
  brands: Readonly<Record<string, string>>;
}

/** A file or folder as a person finds it: from the working directory on, where it is below that. */
export function shownPath(...parts: readonly string[]): string {
  const absolute = path.resolve(...parts);
  const below = path.relative('', absolute);
  return below.startsWith('..') || path.isAbsolute(below) ? absolute : below;
}

/** Where the files of a source are: its folder, and its key within that. */
export function placeOf({ common, brands }: SourceFolders, key: string): { folder?: string; key: string } {
  const brand = brandOfKey(key);
  if (brand === null) return { folder: common, key };
  const folder = brands[brand];
  return { ...(folder !== undefined && { folder }), key: key.slice(brandedKey(brand, '').length) };
}

/** The file that an issue of a template is in. */
export function fileOf(
  folders: SourceFolders,
  template: { key: string; layout: string },
  { part, locale, rule }: Issue,
): string {
  const { common } = folders;
  if (rule === 'placeholder' || rule === 'language') return shownPath(common, 'brand.json');
  if (part.startsWith('partial:'))
    return shownPath(common, 'partials', `${part.slice('partial:'.length)}.hbs`);
  if (part.startsWith('layout.'))
    return shownPath(common, 'layouts', `${template.layout}${part.slice('layout'.length)}.hbs`);
  const { folder = common, key } = placeOf(folders, template.key);
  if (part === 'template' || part === 'contract' || part === 'sample' || part === 'from')
    return shownPath(folder, key, 'template.json');
  const suffix = locale && locale !== 'default' ? `.${locale}` : '';
  return shownPath(folder, key, part === 'mjml' ? `html${suffix}.mjml` : `${part}${suffix}.hbs`);
}

/** The first issue of putting a template together, named by its file. */
export function compositionError(
  folders: SourceFolders,
  template: { key: string; layout: string },
  [first]: readonly Issue[],
): MailError {
  if (!first) return new MailError('invalid-template', 'A template cannot be assembled.');
  const file = fileOf(folders, template, first);
  return first.rule === 'parse' || first.rule === 'size'
    ? new MailError('invalid-template', `${file}, line ${first.line}: ${first.message}`, file)
    : new MailError('invalid-template', `${file}: ${first.message}`, first.about);
}
