/** What a piece of a mustache is. */
export type TokenKind =
  | 'comment'
  | 'bracket'
  | 'keyword'
  | 'partial'
  | 'variable'
  | 'name'
  | 'string'
  | 'number';

/** A piece of a mustache; positions from the start of the text. */
export interface Token {
  from: number;
  to: number;
  kind: TokenKind;
}

/** Mustaches: comments may hold braces, everything else ends at the next pair of them. */
export const mustache =
  /\{\{!--[\s\S]*?(?:--\}\}|$)|\{\{![^}]*\}\}|\{\{\{?(?:"[^"\n]*"|'[^'\n]*'|[^{}"'])*(?:\}\}\}?|$)/g;

/** The pieces of every mustache of a text, in order. */
export function tokensOf(text: string): Token[] {
  return [...text.matchAll(mustache)].flatMap(({ 0: whole, index }) =>
    whole.startsWith('{{!')
      ? [{ from: index, to: index + whole.length, kind: 'comment' as const }]
      : piecesOf(whole, index),
  );
}

const piece =
  /(?<bracket>\{\{\{?[~#^/&>]*|[~]?\}\}\}?|[()])|(?<string>"[^"]*"?|'[^']*'?)|(?<number>-?\d+(?:\.\d+)?\b)|(?<word>[@\w$./[\]-]+=?)/g;
const keywords = new Set([
  'if',
  'unless',
  'each',
  'with',
  'else',
  'as',
  'this',
  'true',
  'false',
  'null',
  'lookup',
]);

function piecesOf(whole: string, at: number): Token[] {
  const isPartial = /^\{\{\{?~?#?>/.test(whole);
  let words = 0;
  return [...whole.matchAll(piece)].map(({ 0: text, index, groups = {} }) => {
    const from = at + index;
    return {
      from,
      to: from + text.length,
      kind: kindOf(text, groups, isPartial && groups.word ? words++ === 0 : false),
    };
  });
}

function kindOf(text: string, groups: Record<string, string | undefined>, namesPartial: boolean): TokenKind {
  if (groups.bracket) return 'bracket';
  if (groups.string) return 'string';
  if (groups.number) return 'number';
  if (namesPartial) return 'partial';
  if (text.endsWith('=')) return 'name';
  return keywords.has(text) ? 'keyword' : 'variable';
}
