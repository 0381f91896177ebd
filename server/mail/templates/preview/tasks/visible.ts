import { Parser } from 'htmlparser2';

/** What a reader sees of a mail: its words in order, and how it is laid out and dressed. */
export interface Visible {
  words: string[];
  /** One entry for each element: its name with what decides its looks, and each style sheet. */
  looks: string[];
}

const unseen = new Set(['script', 'title', 'head', 'noscript']);
const noElements = new Set([...unseen, 'meta', 'style']);
const shaping = new Set(
  'align alt background bgcolor border cellpadding cellspacing class color colspan dir face height href id rowspan size src style valign width'.split(
    ' ',
  ),
);

/** Reads HTML as its reader would. Comments, other attributes and white space change nothing that is seen. */
export function visibleOf(html: string): Visible {
  const words: string[] = [];
  const looks: string[] = [];
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        if (noElements.has(name)) return;
        const given = Object.entries(attributes).filter(([attribute]) => shaping.has(attribute));
        looks.push([name, ...given.map(([attribute, value]) => `${attribute}=${squeezed(value)}`)].join(' '));
      },
      onclosetag() {
        open.pop();
      },
      ontext(text) {
        const inside = open.at(-1) ?? '';
        if (inside === 'style') looks.push(squeezed(text));
        else if (!unseen.has(inside)) words.push(...wordsOf(text));
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return { words, looks };
}

/** The words of a text. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
