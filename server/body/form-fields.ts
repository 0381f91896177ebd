type Pair = [name: string, value: string];

/** How a form named the entries of a list: by one name again and again, or with brackets. */
type ListStyle = 'repeated' | 'brackets' | 'indexed';

const listStyles: readonly ListStyle[] = ['repeated', 'brackets', 'indexed'];

/**
 * A form that somebody else parsed, as it was sent: nested fields (`urlencoded({ extended: true })`) and flat ones alike.
 * `length` is the size in bytes of what was sent; null when it is not known. Null when the fields cannot be those that were
 * sent: then one was dropped, cut off or changed since.
 */
export function encodeForm(fields: object, length: number | null): string | null {
  for (const style of listStyles) {
    const pairs = pairsIn(fields, style);
    if (!pairs) return null;
    if (length === null || sizesOf(pairs).has(length)) return new URLSearchParams(pairs).toString();
  }
  return null;
}

// Null for what no parser of forms makes, such as a number.
function pairsIn(fields: object, style: ListStyle): Pair[] | null {
  const all: Pair[] = [];
  const add = (name: string, value: unknown): boolean => {
    if (typeof value === 'string') return all.push([name, value]) > 0;
    if (typeof value !== 'object' || value === null) return false;
    const texts = textsIn(value);
    if (texts) return texts.every((text, index) => all.push([nameIn(name, style, index), text]) > 0);
    return Object.entries(value).every(([key, one]) => add(`${name}[${key}]`, one));
  };
  return Object.entries(fields).every(([name, value]) => add(name, value)) ? all : null;
}

/** The entries of a list of texts, which a parser makes an object with numbers for names when there are many. */
function textsIn(value: object): string[] | null {
  const entries = Object.entries(value);
  const isList =
    entries.length > 0 &&
    entries.every(([key, one], index) => key === String(index) && typeof one === 'string');
  return isList ? entries.map(([, one]) => one) : null;
}

function nameIn(name: string, style: ListStyle, index: number): string {
  if (style === 'repeated') return name;
  return style === 'brackets' ? `${name}[]` : `${name}[${index}]`;
}

/** Sizes of these fields as browsers, scripts and other clients encode them. */
function sizesOf(pairs: Pair[]): Set<number> {
  const encoders = [browserEncoded, percentEncoded, leniently];
  return new Set(
    encoders.flatMap(encode => {
      const names = pairs.map(([name]) => encode(name).length);
      const bare = pairs.map(([name]) => encode(name).replace(/%5B|%5D/g, '_').length);
      const rest = pairs.reduce((sum, [, value]) => sum + encode(value).length + 1, pairs.length - 1);
      return [names, bare].map(sizes => sizes.reduce((sum, size) => sum + size, rest));
    }),
  );
}

function browserEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function percentEncoded(text: string): string {
  return browserEncoded(text).replaceAll('+', '%20').replaceAll('%7E', '~');
}

function leniently(text: string): string {
  return percentEncoded(text).replace(/%(21|27|28|29)/g, '!');
}
