import { MailError } from '../../error.ts';
import { contentHash } from '../../shared/fingerprint.ts';
import type { ContractSpec } from './contract.ts';
import type { TemplateParts } from './template.ts';

/** What can be edited, kept as a draft and published. There is one brand, under the key `default`. */
export const sourceKinds = ['template', 'layout', 'partial', 'brand'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Names one source. */
export interface SourceRef {
  kind: SourceKind;
  key: string;
}

/** One language of a template as it is edited. With `mjml`, the HTML is what it compiles to, layout and all. */
export interface SourceParts extends TemplateParts {
  mjml?: string;
}

/** A template as it is edited; layout, partials and brand have lives of their own. */
export interface TemplateSource {
  category: string;
  description: string;
  /** Key of a layout, or {@link noLayout}. */
  layout: string;
  contract: ContractSpec;
  sample: Record<string, unknown>;
  /** Nobody but their recipients may read its messages; else absent. */
  confidential?: true;
  /** Parts by locale; `default` is the fallback. */
  locales: Record<string, SourceParts> & { default: SourceParts };
}

/** The key of the one brand. */
export const brandKey = 'default';

/** The layout of a template whose parts are whole documents, as those compiled from MJML are. */
export const noLayout = 'none';

/** A whole document with `{{> content}}` in it, for each flavour. */
export interface LayoutSource {
  html: string;
  text: string;
}

/** A piece for HTML, for text, or for both under one name. */
export interface PartialSource {
  html?: string;
  text?: string;
}

/** What every template sees as `@brand`. */
export type BrandSource = Record<string, string>;

interface SourceContents {
  template: TemplateSource;
  layout: LayoutSource;
  partial: PartialSource;
  brand: BrandSource;
}

/** A source with its name: what is drafted, published and kept in files. */
export type Source<K extends SourceKind = SourceKind> = {
  [Kind in K]: { kind: Kind; key: string; content: SourceContents[Kind] };
}[K];

/** Why a version came to be. `shared`: a layout, partial or the brand that it uses was published. */
export type Cause =
  | { kind: 'edit' }
  | { kind: 'files' }
  | { kind: 'restore'; version: number }
  | { kind: 'shared'; ref: SourceRef; version: number };

/** `template:newsletter`: a source in one word, for maps, logs and the audit log. */
export function sourceName({ kind, key }: SourceRef): string {
  return `${kind}:${key}`;
}

/** A ref without whatever else its object carries. */
export function refOf({ kind, key }: SourceRef): SourceRef {
  return { kind, key };
}

/** Tells whether two sources say the same. HTML that was compiled from MJML says nothing of its own. */
export function sourceHash(source: Source): string {
  return contentHash(source.kind === 'template' ? withoutCompiled(source.content) : source.content);
}

function withoutCompiled(content: TemplateSource): unknown {
  const locales = Object.entries(content.locales).map(([locale, parts]) => [
    locale,
    parts.mjml === undefined ? parts : { ...parts, html: undefined },
  ]);
  return { ...content, locales: Object.fromEntries(locales) };
}

/** Why a source may not have its key, as a sentence; null when it may. */
export function keyProblem({ kind, key }: SourceRef): string | null {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(key)) {
    return 'A key has at most 64 characters: a-z, A-Z, 0-9, - and _, and does not begin with - or _.';
  }
  return reserved[kind].includes(key) ? `${key} has a meaning of its own: choose another key.` : null;
}

const reserved: Record<SourceKind, readonly string[]> = {
  // Folders beside those of the templates.
  template: ['layouts', 'partials'],
  layout: [noLayout],
  partial: ['content'],
  brand: [],
};

/**
 * A source as named texts, in the order in which a reader wants them: `subject`, `html.nl`, `contract`, a value of the
 * brand. For showing what differs and for the audit log. HTML that was compiled from MJML is left out.
 */
export function textsOf(source: Source): Map<string, string> {
  switch (source.kind) {
    case 'template':
      return templateTexts(source);
    case 'layout':
    case 'partial':
      return texts(['html', source.content.html], ['text', source.content.text]);
    case 'brand':
      return texts(...Object.entries(source.content));
  }
}

function templateTexts({ content }: Source<'template'>): Map<string, string> {
  const { locales, contract, sample, category, description, layout, confidential } = content;
  const parts = Object.entries(locales).flatMap(([locale, { subject, preheader, html, text, mjml }]) => {
    const named = (name: string) => (locale === 'default' ? name : `${name}.${locale}`);
    return [
      [named('subject'), subject],
      [named('preheader'), preheader],
      mjml === undefined ? [named('html'), html] : [named('mjml'), mjml],
      [named('text'), text],
    ] satisfies [string, string | undefined][];
  });
  return texts(
    ...parts,
    ['category', category],
    ['layout', layout],
    ['description', description],
    ['confidential', confidential && 'true'],
    ['contract', JSON.stringify(contract, null, 2)],
    ['sample', JSON.stringify(sample, null, 2)],
  );
}

function texts(...pairs: [string, string | undefined][]): Map<string, string> {
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** A locale as templates and messages name it: BCP 47, such as `nl-BE`. */
export const localePattern = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/**
 * A template with a further language, its parts copied from another one to be translated. Throws `invalid-input` when
 * it is no locale, is there already, or `from` is not.
 */
export function withLocale(source: Source<'template'>, given: string, from = 'default'): Source<'template'> {
  const { locales } = source.content;
  const locale = canonicalLocale(given);
  if (Object.keys(locales).some(one => one.toLowerCase() === locale.toLowerCase())) {
    throw new MailError('invalid-input', `The template has ${locale} already.`, 'locale');
  }
  const parts = Object.hasOwn(locales, from) ? locales[from] : undefined;
  if (!parts) throw new MailError('invalid-input', `The template has no ${from} to copy.`, 'from');
  return { ...source, content: { ...source.content, locales: { ...locales, [locale]: { ...parts } } } };
}

/** A locale in its usual capitals: `nl-be` is `nl-BE`. Throws `invalid-input` when it is none. */
export function canonicalLocale(given: string): string {
  try {
    const [locale] = localePattern.test(given) && given.length <= 35 ? Intl.getCanonicalLocales(given) : [];
    if (locale !== undefined) return locale;
  } catch {
    // It looks like one, but has parts in the wrong order or of the wrong length.
  }
  throw new MailError('invalid-input', 'Write a language like nl or nl-BE.', 'locale');
}

/** A template without one of its languages; its recipients get the fallback. Throws `invalid-input` for the default. */
export function withoutLocale(source: Source<'template'>, locale: string): Source<'template'> {
  const { [locale]: _, ...rest } = source.content.locales;
  if (locale === 'default' || !Object.hasOwn(source.content.locales, locale)) {
    throw new MailError('invalid-input', `${locale} cannot be removed from the template.`, 'locale');
  }
  const locales = { ...rest, default: source.content.locales.default };
  return { ...source, content: { ...source.content, locales } };
}
