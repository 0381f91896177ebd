declare const plain: unique symbol;

/** Text whose words come from our code, and whose values can hold neither markup nor an address. */
export type PlainText = string & { readonly [plain]: true };

/** What one mail to an account says. */
export interface AccountMailText {
  subject: PlainText;
  heading: PlainText;
  paragraphs: readonly PlainText[];
  /** A link to a page of ours: a whole address that begins with `publicUrl`. */
  button?: { label: PlainText; href: string };
  /** What to do when the mail was not expected. */
  footnote?: PlainText;
}

/** Writes a {@link PlainText}: names that people chose become words alone, for some choose an address or a tag. */
export function say(words: TemplateStringsArray, ...values: readonly (string | number)[]): PlainText {
  return words.map((part, i) => (i === 0 ? part : `${wordsOf(values[i - 1])}${part}`)).join('') as PlainText;
}

const longestValue = 100;

/** A value without line breaks, tags and merge fields, and without what mail clients would turn into a link. */
function wordsOf(value: string | number | undefined): string {
  return String(value ?? '')
    .slice(0, longestValue)
    .replace(/[\p{C}\p{Z}<>{}[\]\\/:@]+/gu, ' ')
    .replace(/\.(?=[\p{L}\p{N}]{2})/gu, '. ')
    .trim();
}
