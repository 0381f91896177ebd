import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Joi from 'joi';
import { MailError } from '../../error.ts';
import { firstFault } from '../../shared/joi.ts';
import { compose } from '../language/compose.ts';
import { type ContractSpec, contractSchema } from '../language/contract.ts';
import { readHere } from '../language/inclusions.ts';
import {
  type BrandSource,
  brandKey,
  keyProblem,
  type Source,
  type SourceParts,
  sourceName,
  type TemplateSource,
} from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import { compositionError, shownPath } from './file-names.ts';

/** template.json: everything about a template that is not a part of it. */
interface TemplateJson {
  category: string;
  layout: string;
  description: string;
  /** True where nobody but the recipient may read what a message says, as where it brings a link to an account. */
  confidential: boolean;
  data: ContractSpec;
  sample: Record<string, unknown>;
}

const templateJson = Joi.object<TemplateJson>({
  category: Joi.string().required(),
  layout: Joi.string().default('default'),
  description: Joi.string().allow('').default(''),
  confidential: Joi.boolean().default(false),
  data: contractSchema.required(),
  sample: Joi.object().required(),
});

/**
 * Reads every source of a folder: `<key>/template.json` with its parts beside it, `layouts/` and `partials/` with
 * `<key>.html.hbs` and `<key>.text.hbs`, and `brand.json`. A part in another language is named `html.nl.hbs`, MJML
 * `html.mjml`. Throws `invalid-template` naming the file.
 */
export async function readSourceFiles(folder: string): Promise<Source[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const keys = entries
    .filter(entry => entry.isDirectory() && keyProblem({ kind: 'template', key: entry.name }) === null)
    .map(entry => entry.name);
  const hasBrand = entries.some(({ name }) => name === 'brand.json');
  const brand = hasBrand ? ((await readJson(path.join(folder, 'brand.json'))) as BrandSource) : null;
  const [templates, layouts, partials] = await Promise.all([
    Promise.all(keys.sort().map(key => readTemplate(folder, key))),
    readShared(folder, 'layouts'),
    readShared(folder, 'partials'),
  ]);
  return [
    ...(brand ? [{ kind: 'brand' as const, key: brandKey, content: brand }] : []),
    ...layouts.map(({ key, ...found }) => ({
      kind: 'layout' as const,
      key,
      content: {
        html: present(folder, key, found.html, 'html'),
        text: present(folder, key, found.text, 'text'),
      },
    })),
    ...partials.map(({ key, ...content }) => ({ kind: 'partial' as const, key, content })),
    ...templates,
  ];
}

/** Reads every template of a folder, put together with what it includes. Throws `invalid-template` naming the file. */
export async function readTemplateFiles(folder: string): Promise<TemplateContent[]> {
  const all = await readSourceFiles(folder);
  const sources = new Map(all.map(source => [sourceName(source), readHere(source)]));
  return all.flatMap(source => {
    if (source.kind !== 'template') return [];
    const { content, issues } = compose(readHere(source), sources);
    const {
      key,
      content: { layout },
    } = source;
    if (!content || issues.length > 0)
      throw compositionError({ common: folder, brands: {} }, { key, layout }, issues);
    return content;
  });
}

async function readTemplate(folder: string, key: string): Promise<Source<'template'>> {
  const file = path.join(folder, key, 'template.json');
  const { error, value } = templateJson.validate(await readJson(file));
  if (error) {
    const { path: field, fault } = firstFault(error);
    throw new MailError('invalid-template', `${shownPath(file)}: ${field} ${fault}`, field);
  }
  const { data: contract, category, description, layout, sample, confidential } = value;
  const locales = await readLocales(path.join(folder, key));
  return {
    kind: 'template',
    key,
    content: {
      category,
      description,
      layout,
      contract,
      sample,
      ...(confidential && { confidential }),
      locales,
    },
  };
}

async function readLocales(folder: string): Promise<TemplateSource['locales']> {
  const found: Record<string, Partial<SourceParts>> = {};
  for (const file of await readdir(folder)) {
    const place = partOfFile(file);
    if (!place) continue;
    const source = evenLines(await readFile(path.join(folder, file), 'utf8'));
    found[place.locale] = { ...found[place.locale], [place.part]: source };
  }
  const locales = Object.entries(found).map(
    ([locale, parts]) => [locale, complete(parts, folder, locale)] as const,
  );
  const { default: fallback, ...others } = Object.fromEntries(locales);
  if (!fallback)
    throw new MailError('invalid-template', `${shownPath(folder)} has no subject.hbs and html.hbs.`, 'html');
  return { ...others, default: fallback };
}

/** The part that a file of a template's folder holds; null for any other file. */
export function partOfFile(file: string): { part: keyof SourceParts; locale: string } | null {
  const [, name, locale = 'default', ending] =
    /^(subject|preheader|html|text)(?:\.([\w-]+))?\.(hbs|mjml)$/.exec(file) ?? [];
  if (!name || (ending === 'mjml' && name !== 'html')) return null;
  return { part: ending === 'mjml' ? 'mjml' : (name as keyof SourceParts), locale };
}

function complete(parts: Partial<SourceParts>, folder: string, locale: string): SourceParts {
  // What MJML compiles to is made, not read.
  const html = parts.mjml === undefined ? parts.html : '';
  if (parts.subject === undefined || html === undefined) {
    throw new MailError(
      'invalid-template',
      `${shownPath(folder)} lacks its subject or html for ${locale}.`,
      'html',
    );
  }
  return { ...parts, subject: parts.subject, html };
}

interface SharedFiles {
  key: string;
  html?: string;
  text?: string;
}

async function readShared(folder: string, name: 'layouts' | 'partials'): Promise<SharedFiles[]> {
  const found = new Map<string, SharedFiles>();
  const files = await readdir(path.join(folder, name)).catch(() => []);
  for (const file of files.sort()) {
    const [, key, flavour] = /^(.+)\.(html|text)\.hbs$/.exec(file) ?? [];
    if (!key) continue;
    const source = evenLines(await readFile(path.join(folder, name, file), 'utf8'));
    found.set(key, { key, ...found.get(key), [flavour as 'html' | 'text']: source });
  }
  return [...found.values()];
}

function present(folder: string, key: string, source: string | undefined, flavour: 'html' | 'text'): string {
  if (source !== undefined) return source;
  const file = shownPath(folder, 'layouts', `${key}.${flavour}.hbs`);
  throw new MailError('invalid-template', `${file} cannot be read: there is no such file`, 'layout');
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new MailError(
      'invalid-template',
      `${shownPath(file)} cannot be read: ${(error as Error).message}`,
      'template.json',
    );
  }
}

// A checkout on Windows may have other line ends; they are no change.
function evenLines(source: string): string {
  return source.replace(/\r\n/g, '\n');
}
