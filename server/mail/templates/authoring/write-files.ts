import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../../shared/fingerprint.ts';
import type { Source, TemplateSource } from '../language/source.ts';
import { templateTypes } from '../language/template-types.ts';
import { partOfFile, readSourceFiles } from './read-files.ts';

/** Writes a source into a folder of template files, so that reading them gives the same source again. */
export async function writeSourceFiles(folder: string, source: Source): Promise<void> {
  switch (source.kind) {
    case 'template':
      return writeTemplate(path.join(folder, source.key), source.content);
    case 'layout':
    case 'partial': {
      const place = path.join(folder, `${source.kind}s`);
      await mkdir(place, { recursive: true });
      for (const flavour of ['html', 'text'] as const) {
        await writePart(path.join(place, `${source.key}.${flavour}.hbs`), source.content[flavour]);
      }
      return;
    }
    case 'brand':
      return writeJson(path.join(folder, 'brand.json'), source.content);
  }
}

async function writeTemplate(folder: string, content: TemplateSource): Promise<void> {
  const { category, layout, description, confidential, contract, sample } = content;
  await mkdir(folder, { recursive: true });
  await writeJson(path.join(folder, 'template.json'), {
    category,
    layout,
    description,
    ...(confidential && { confidential }),
    data: contract,
    sample,
  });
  const parts = partFiles(content);
  const stale = (await readdir(folder)).filter(file => partOfFile(file) && !parts.has(file));
  for (const file of stale) await rm(path.join(folder, file));
  for (const [file, text] of parts) await writePart(path.join(folder, file), text);
}

function partFiles({ locales }: TemplateSource): Map<string, string> {
  const files = new Map<string, string>();
  for (const [locale, { subject, preheader, html, text, mjml }] of Object.entries(locales)) {
    const suffix = locale === 'default' ? '' : `.${locale}`;
    files.set(`subject${suffix}.hbs`, subject);
    if (preheader !== undefined) files.set(`preheader${suffix}.hbs`, preheader);
    if (mjml === undefined) files.set(`html${suffix}.hbs`, html);
    else files.set(`html${suffix}.mjml`, mjml);
    if (text !== undefined) files.set(`text${suffix}.hbs`, text);
  }
  return files;
}

async function writePart(file: string, text: string | undefined): Promise<void> {
  if (text === undefined) await rm(file, { force: true });
  else await writeFile(file, text);
}

/** A file that says the same already keeps its own layout. */
async function writeJson(file: string, value: unknown): Promise<void> {
  const now = await readFile(file, 'utf8').catch(() => null);
  if (now !== null && saysTheSame(now, value)) return;
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

function saysTheSame(text: string, value: unknown): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === canonicalJson(value);
  } catch {
    return false;
  }
}

/**
 * Writes the TypeScript types of the templates of a folder, and of these topics: with that file in a program, a wrong
 * `template`, `data` or `topic` in `mail.send` and `mail.campaigns.create` does not compile. No database is needed. Throws
 * `invalid-template`.
 */
export async function writeTemplateTypes(
  folder: string,
  out: string,
  { topics = [] }: { topics?: readonly string[] | undefined } = {},
): Promise<void> {
  const sources = await readSourceFiles(folder);
  const templates = sources.flatMap(source =>
    source.kind === 'template'
      ? { key: source.key, description: source.content.description, contract: source.content.contract }
      : [],
  );
  await mkdir(path.dirname(path.resolve(out)), { recursive: true });
  await writeFile(out, templateTypes(templates, topics));
}
