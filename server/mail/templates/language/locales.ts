import { MailError } from '../../error.ts';
import type { Source } from './source.ts';

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
