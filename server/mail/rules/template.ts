import type { ContractSpec } from './contract.ts';

/** The four parts of one language of a template, as Handlebars source. */
export interface TemplateParts {
  subject: string;
  preheader?: string;
  html: string;
  /** Generated from the HTML when absent. */
  text?: string;
}

/**
 * Everything one version of a template is made of, and so all that rendering needs: immutable, stored whole,
 * recognised by the hash of its canonical JSON.
 */
export interface TemplateContent {
  key: string;
  category: string;
  description: string;
  contract: ContractSpec;
  sample: Record<string, unknown>;
  /** Parts by locale; `default` is the fallback. */
  locales: Record<string, TemplateParts> & { default: TemplateParts };
  /** Whole documents that include the parts by `{{> content}}`. */
  layout: { html: string; text: string };
  /** Only those in use, by name. */
  partials: { html: Record<string, string>; text: Record<string, string> };
  brand: Record<string, string>;
}

/** The best match for a locale: `nl-BE`, then `nl`, then the default. */
export function partsFor(content: TemplateContent, locale: string | null): [string, TemplateParts] {
  for (const candidate of [locale, locale?.split('-')[0]]) {
    const parts =
      candidate && Object.hasOwn(content.locales, candidate) ? content.locales[candidate] : undefined;
    if (candidate && parts) return [candidate, parts];
  }
  return ['default', content.locales.default];
}
