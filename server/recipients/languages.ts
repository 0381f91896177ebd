import type { Request } from 'express';

/** The languages that pages for recipients are written in, by what they call themselves. */
export const languageNames = { en: 'English', nl: 'Nederlands', de: 'Deutsch', fr: 'Français' } as const;

/** A language that there are words in. */
export type PageLanguage = keyof typeof languageNames;

/** All of them. */
export const pageLanguages = Object.keys(languageNames) as PageLanguage[];

/** The language of a locale such as `nl-BE`; null where there are no words in it. */
export function languageOf(locale: string | null): PageLanguage | null {
  const language = locale?.toLowerCase().split('-')[0];
  return pageLanguages.find(one => one === language) ?? null;
}

/** The one that was chosen on the page, else that of the mail, else what the browser asks for. */
export function languageFor(request: Request, locale: string | null): PageLanguage {
  const asked = request.acceptsLanguages(pageLanguages) || null;
  return chosenLanguage(request) ?? languageOf(locale) ?? languageOf(asked) ?? 'en';
}

/** The one that a link of the page chose: `?lang=nl`. */
export function chosenLanguage({ query }: Request): PageLanguage | null {
  return typeof query.lang === 'string' ? languageOf(query.lang.slice(0, longestLocale)) : null;
}

const longestLocale = 35;
