import { isFieldAlone, leaks, type Word } from './word.ts';

/** Attributes that are read out or shown, and lead nowhere. */
const words = new Set(['alt', 'title', 'aria-label', 'aria-description', 'abbr', 'summary']);
/** Elements whose `href` is followed by a click alone; the last two are buttons to Outlook. */
const links = new Set(['a', 'area', 'v:roundrect', 'v:rect']);

/** True for an attribute whose value is words: each by itself is looked at. */
export function holdsWords(attribute: string): boolean {
  return words.has(attribute);
}

/**
 * What is wrong with an attribute's value, as the rest of a sentence that begins with the field in it; null where nothing
 * is.
 */
export function valueProblem(tag: string, attribute: string, value: Word): string | null {
  if (value.texts + value.figures === 0) return null;
  if (words.has(attribute)) return leaks(value) ? inAddress : null;
  if (attribute !== 'href' || !links.has(tag))
    return `stands in the attribute ${attribute} of <${tag}>, which mail programs may fetch by themselves`;
  return isFieldAlone(value)
    ? null
    : 'is only a part of the address of this link, and whoever answers there could read it';
}

/** True for an attribute in which a mail program may find an address that it fetches by itself. */
export function canBeFetched(tag: string, attribute: string): boolean {
  const isLink = attribute === 'href' && links.has(tag);
  return !isLink && !words.has(attribute) && !attribute.startsWith('xmlns');
}

/** Elements around which a text made of HTML has a line break. */
const blocks = new Set(
  'p div table ul ol h1 h2 h3 h4 h5 h6 br hr blockquote pre section article header footer main nav aside body html head'.split(
    ' ',
  ),
);
/** Those that stand apart on a screen as well. */
const apart = new Set(
  'td th tr tbody thead tfoot caption li dl dt dd center address figure figcaption'.split(' '),
);

/** True for an element around which words end. In a text made of HTML the cells of a table stand together. */
export function endsWord(tag: string, hasOwnText: boolean): boolean {
  return blocks.has(tag) || (hasOwnText && apart.has(tag));
}

/** Of a field that is written together with an address or another value. */
export const inAddress =
  'is written together with an address or with another value, of which mail programs make one link';

/** What is wrong with an attribute whatever its value is, as a sentence; null where nothing is. */
export function attributeProblem(tag: string, attribute: string): string | null {
  if (/^on/.test(attribute)) return `Scripts do not run in mail: take the attribute ${attribute} out.`;
  if (attribute === 'ping' || attribute === 'attributionsrc')
    return `The attribute ${attribute} tells another site which link was followed: take it out.`;
  if (attribute === 'http-equiv' && tag !== 'meta') return 'The attribute http-equiv belongs to <meta>.';
  return null;
}

const forbidden = new Set(
  (
    'script iframe frame frameset object embed applet base portal link form input button select textarea svg math ' +
    'template xmp noembed noframes plaintext audio video source track'
  ).split(' '),
);

/** Why an element may not be in a confidential mail, as a sentence; null when it may. */
export function tagProblem(tag: string, isConditional: boolean): string | null {
  // MJML has one for Outlook, which runs no scripts.
  if (tag === 'noscript' && isConditional) return null;
  if (!forbidden.has(tag) && tag !== 'noscript') return null;
  return `<${tag}> loads, sends or hides something: take it out.`;
}

/** The only values of `http-equiv` that do nothing by themselves. */
export function isQuietHeader(value: string): boolean {
  return /^(content-type|x-ua-compatible|content-language)$/i.test(value.trim());
}

/** Why a style sheet could tell what stands in the mail, as a sentence; null where it cannot. */
export function styleProblem(css: string): string | null {
  if (css.includes('\\')) return 'A style sheet can hide what it says behind a \\: write it without.';
  const rules = withoutComments(css).toLowerCase();
  if (rules.includes('@import'))
    return 'A style sheet from elsewhere could read the links: write its rules here.';
  if (rules.includes('unicode-range'))
    return 'unicode-range tells a site which characters are in a mail: take it out.';
  const attribute = rules.split('[').slice(1).map(comparedAttribute).find(isTelling);
  return attribute === undefined
    ? null
    : `A style that depends on the value of an attribute, [${attribute}=...], could tell a site what it is: take it out.`;
}

function withoutComments(css: string): string {
  const [first = '', ...rest] = css.split('/*');
  return rest.reduce((kept, part) => {
    const end = part.indexOf('*/');
    return end < 0 ? kept : kept + part.slice(end + 2);
  }, first);
}

/** The attribute whose value a selector compares, of what stands after its bracket; empty where it compares none. */
function comparedAttribute(selector: string): string {
  const [inside = ''] = selector.split(']');
  const end = inside.indexOf('=');
  return end < 0 ? '' : inside.slice(0, end).replace(/[\s~|^$*]/g, '');
}

/** Attributes whose values the authors write, whoever the mail is for. */
const authored = new Set(['', 'style', 'class', 'type', 'dir', 'lang', 'width']);

function isTelling(attribute: string): boolean {
  return !authored.has(attribute);
}
