import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import Handlebars from 'handlebars';
import Joi from 'joi';
import { MailError } from './error.ts';
import { type ContractSpec, contractSchema } from './rules/contract.ts';
import { firstFault } from './rules/joi-fault.ts';
import type { TemplateContent, TemplateParts } from './rules/template.ts';
import { parseSource } from './rules/template-source.ts';

interface TemplateJson {
  category: string;
  layout: string;
  description: string;
  data: ContractSpec;
  sample: Record<string, unknown>;
}

const templateJson = Joi.object<TemplateJson>({
  category: Joi.string().required(),
  layout: Joi.string().default('default'),
  description: Joi.string().allow('').default(''),
  data: contractSchema.required(),
  sample: Joi.object().required(),
});

/**
 * Reads every template of a folder: `<key>/template.json` with its parts beside it, and the layouts and partials
 * they share. A part in another language is named `html.nl.hbs`. Throws `invalid-template` naming the file.
 */
export async function readTemplateFiles(folder: string): Promise<TemplateContent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const keys = entries
    .filter(entry => entry.isDirectory() && !shared.has(entry.name))
    .map(entry => entry.name);
  const brand = await readJson(path.join(folder, 'brand.json'));
  const partials = { html: await readPartials(folder, 'html'), text: await readPartials(folder, 'text') };
  return Promise.all(
    keys.sort().map(key => readTemplate(folder, key, brand as Record<string, string>, partials)),
  );
}

const shared = new Set(['layouts', 'partials']);

type Partials = TemplateContent['partials'];

async function readTemplate(
  folder: string,
  key: string,
  brand: Record<string, string>,
  partials: Partials,
): Promise<TemplateContent> {
  const file = path.join(folder, key, 'template.json');
  const { error, value } = templateJson.validate(await readJson(file));
  if (error) {
    const { path: field, fault } = firstFault(error);
    throw new MailError('invalid-template', `templates/${key}/template.json: ${field} ${fault}`, field);
  }
  const locales = await readLocales(path.join(folder, key), key);
  const layout = {
    html: await readLayout(folder, `${value.layout}.html.hbs`),
    text: await readLayout(folder, `${value.layout}.text.hbs`),
  };
  const layoutFile = `templates/layouts/${value.layout}`;
  const html = { file: `${layoutFile}.html.hbs`, source: layout.html };
  const text = { file: `${layoutFile}.text.hbs`, source: layout.text };
  return {
    key,
    category: value.category,
    description: value.description,
    contract: value.data,
    sample: value.sample,
    locales,
    layout,
    partials: {
      html: usedPartials([html, ...partFiles(key, locales, ['html'])], 'html', partials.html),
      text: usedPartials(
        [text, ...partFiles(key, locales, ['subject', 'preheader', 'text'])],
        'text',
        partials.text,
      ),
    },
    brand,
  };
}

async function readLayout(folder: string, file: string): Promise<string> {
  try {
    return await readFile(path.join(folder, 'layouts', file), 'utf8');
  } catch (error) {
    throw new MailError(
      'invalid-template',
      `templates/layouts/${file} cannot be read: ${(error as Error).message}`,
      'layout',
    );
  }
}

async function readLocales(folder: string, key: string): Promise<TemplateContent['locales']> {
  const found: Record<string, Partial<TemplateParts>> = {};
  for (const file of await readdir(folder)) {
    const [, part, locale = 'default'] =
      /^(subject|preheader|html|text)(?:\.([\w-]+))?\.hbs$/.exec(file) ?? [];
    if (!part) continue;
    const source = await readFile(path.join(folder, file), 'utf8');
    found[locale] = { ...found[locale], [part]: source };
  }
  const locales = Object.entries(found).map(
    ([locale, parts]) => [locale, complete(parts, key, locale)] as const,
  );
  const { default: fallback, ...others } = Object.fromEntries(locales);
  if (!fallback)
    throw new MailError('invalid-template', `templates/${key} has no subject.hbs and html.hbs.`, 'html');
  return { ...others, default: fallback };
}

function complete(
  { subject, html, ...rest }: Partial<TemplateParts>,
  key: string,
  locale: string,
): TemplateParts {
  if (subject === undefined || html === undefined) {
    throw new MailError(
      'invalid-template',
      `templates/${key} lacks its subject or html for ${locale}.`,
      'html',
    );
  }
  return { subject, html, ...rest };
}

async function readPartials(folder: string, flavour: 'html' | 'text'): Promise<Record<string, string>> {
  const suffix = `.${flavour}.hbs`;
  const files = (await readdir(path.join(folder, 'partials'))).filter(file => file.endsWith(suffix));
  const sources = files.map(
    async file =>
      [file.slice(0, -suffix.length), await readFile(path.join(folder, 'partials', file), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(sources));
}

/** A source with the name that an error gives it. */
interface SourceFile {
  file: string;
  source: string;
}

function partFiles(
  key: string,
  locales: TemplateContent['locales'],
  names: (keyof TemplateParts)[],
): SourceFile[] {
  return Object.entries(locales).flatMap(([locale, parts]) =>
    names.map(name => ({
      file: `templates/${key}/${name}${locale === 'default' ? '' : `.${locale}`}.hbs`,
      source: parts[name] ?? '',
    })),
  );
}

/** Only what is reached from these sources, so that a change to another partial makes no new version. */
function usedPartials(
  sources: SourceFile[],
  flavour: 'html' | 'text',
  all: Record<string, string>,
): Record<string, string> {
  const used: Record<string, string> = {};
  const waiting = [...sources];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of partialNames(next)) {
      const partial = all[name];
      if (name === 'content' || used[name] !== undefined) continue;
      if (partial === undefined)
        throw new MailError('invalid-template', `${next.file}: there is no partial ${name}.`, name);
      used[name] = partial;
      waiting.push({ file: `templates/partials/${name}.${flavour}.hbs`, source: partial });
    }
  }
  return used;
}

function partialNames({ file, source }: SourceFile): string[] {
  const parsed = parseSource(source);
  if ('problem' in parsed)
    throw new MailError('invalid-template', `${file}, line ${parsed.line}: ${parsed.problem}.`, file);
  const names: string[] = [];
  class Names extends Handlebars.Visitor {
    override PartialStatement(partial: hbs.AST.PartialStatement): void {
      if (partial.name.type === 'PathExpression')
        names.push((partial.name as hbs.AST.PathExpression).original);
      super.PartialStatement(partial);
    }
  }
  new Names().accept(parsed.program);
  return names;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    const name = path.join(path.basename(path.dirname(file)), path.basename(file));
    throw new MailError(
      'invalid-template',
      `${name} cannot be read: ${(error as Error).message}`,
      'template.json',
    );
  }
}
