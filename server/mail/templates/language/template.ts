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
  /** Nobody but their recipients may read its messages, for these bring links or codes to accounts; else absent. */
  confidential?: true;
  /** Parts by locale; `default` is the fallback. */
  locales: Record<string, TemplateParts> & { default: TemplateParts };
  /** Whole documents that include the parts by `{{> content}}`. */
  layout: { html: string; text: string };
  /** Only those in use, by name. */
  partials: { html: Record<string, string>; text: Record<string, string> };
  brand: Record<string, string>;
}

/** The content as it is for a brand with values of its own. */
export function withBrandValues(
  content: TemplateContent,
  values: Readonly<Record<string, string>>,
): TemplateContent {
  return { ...content, brand: { ...content.brand, ...values } };
}

/** The best match for a locale, however it is capitalised: `zh-Hant-TW`, then `zh-Hant`, then `zh`, then the default. */
export function partsFor(content: TemplateContent, locale: string | null): [string, TemplateParts] {
  const names = Object.keys(content.locales);
  for (let wanted = locale?.toLowerCase() ?? ''; wanted !== ''; wanted = broader(wanted)) {
    const name = names.find(one => one.toLowerCase() === wanted);
    const parts = name === undefined ? undefined : content.locales[name];
    if (name !== undefined && parts) return [name, parts];
  }
  return ['default', content.locales.default];
}

/** `nl-be` is part of `nl`; a language by itself is part of nothing. */
function broader(locale: string): string {
  return locale.slice(0, Math.max(locale.lastIndexOf('-'), 0));
}
