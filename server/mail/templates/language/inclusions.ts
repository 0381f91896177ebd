import { type Included, partialNames } from './parse.ts';
import type { Source } from './source.ts';

/**
 * What each text of a source includes, by {@link textName}. Plain data: those of a published source are read where it is
 * used, those of a draft in a thread of the pool.
 */
export type Inclusions = Readonly<Record<string, Included>>;

/** A source together with what its texts include, so that it can be put together without being parsed. */
export interface ReadSource<S = Source> {
  source: S;
  inclusions: Inclusions;
}

/** A text of a source in one word: `html` of a layout or partial, `html.nl` of a template. */
export function textName(part: string, locale: string | null): string {
  return locale === null ? part : `${part}.${locale}`;
}

/** The Handlebars of a source: every text that may include something, by {@link textName}. */
export function handlebarsOf(source: Source): Record<string, string> {
  switch (source.kind) {
    case 'template': {
      const texts = Object.entries(source.content.locales).flatMap(([locale, parts]) =>
        (['subject', 'preheader', 'html', 'text'] as const).map(part => [
          textName(part, locale),
          parts[part] ?? '',
        ]),
      );
      return Object.fromEntries(texts);
    }
    case 'layout':
    case 'partial':
      return { html: source.content.html ?? '', text: source.content.text ?? '' };
    case 'brand':
      return {};
  }
}

/** Parses texts for what they include. */
export function readInclusions(texts: Readonly<Record<string, string>>): Inclusions {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, partialNames(text)]));
}

/** A source that was published, read in this thread: it came through the bounds, and is held to them here. */
export function readHere<S extends Source>(source: S): ReadSource<S> {
  return { source, inclusions: readInclusions(handlebarsOf(source)) };
}
