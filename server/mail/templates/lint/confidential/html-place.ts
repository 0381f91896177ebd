/**
 * Where in HTML a reader is, character by character. Only HTML that every mail program reads alike is read at all: what some
 * take for a comment and others for an attribute could carry a field past the check.
 */
export interface HtmlPlace {
  mode: Mode;
  /** The element whose tag is being read, in lower case. */
  tag: string;
  isClosing: boolean;
  /** The attribute being read, in lower case. */
  attribute: string;
  quote: string;
  /** The element whose text is not HTML, as in `<style>`; else empty. */
  raw: string;
  /** Inside `<!--[if mso]>`, which Outlook reads as HTML and all others as a comment. */
  isConditional: boolean;
  /** What has been read of a comment or of a closing tag. */
  read: string;
  /** Hyphens before this place, counted inside of `<!--[if mso]>`: with a `>` they end the comment for all but Outlook. */
  hyphens: number;
}

type Mode =
  | 'text'
  | 'raw'
  | 'tag-start'
  | 'closing-tag-start'
  | 'tag-name'
  | 'in-tag'
  | 'slash'
  | 'attribute-name'
  | 'after-attribute-name'
  | 'before-value'
  | 'value'
  | 'bare-value'
  | 'after-value'
  | 'markup'
  | 'comment';

/** The beginning of a document or fragment. */
export const htmlStart: HtmlPlace = {
  ...{ mode: 'text', tag: '', isClosing: false, attribute: '', quote: '', raw: '' },
  ...{ isConditional: false, read: '', hyphens: 0 },
};

/** What the reader of a place is told as it goes on. */
export interface HtmlEvents {
  /** A character of the text, or of the text of `<title>` or `<style>`. */
  text(character: string): void;
  /** A character of an attribute's value. */
  value(character: string): void;
  /** An attribute begins. */
  attribute(place: HtmlPlace): void;
  /** An attribute has ended; `place` tells which. */
  attributeEnd(place: HtmlPlace): void;
  /** A tag has ended. */
  tag(place: HtmlPlace): void;
  /** The text of a `raw` element has ended. */
  rawEnd(place: HtmlPlace): void;
}

/** Thrown for HTML that is not read alike everywhere: the problem, as a sentence. */
export class AmbiguousHtml extends Error {
  override readonly name = 'AmbiguousHtml';
}

/** The place after one more character. Throws {@link AmbiguousHtml}. */
export function readCharacter(place: HtmlPlace, character: string, events: HtmlEvents): HtmlPlace {
  if (character === '\u0000') throw new AmbiguousHtml('There is a character here that no text has.');
  const isMarkup = place.mode === 'markup' || place.mode === 'comment';
  if (character === '>' && place.hyphens > 1 && !isMarkup) throw oddMarkup();
  const next = steps[place.mode](place, character, events);
  const hyphens = next.isConditional && character === '-' ? place.hyphens + 1 : 0;
  return hyphens === next.hyphens ? next : { ...next, hyphens };
}

/** Either of two places; null where they are not the same one. */
export function eitherPlace(a: HtmlPlace, b: HtmlPlace): HtmlPlace | null {
  const isSame =
    a.tag === b.tag &&
    a.isClosing === b.isClosing &&
    a.attribute === b.attribute &&
    a.quote === b.quote &&
    a.raw === b.raw &&
    a.isConditional === b.isConditional &&
    a.read === b.read;
  if (!isSame) return null;
  if (a.mode === b.mode) return a.hyphens < b.hyphens ? b : a;
  // After an attribute that may be there a gap is wanted, as after one that is.
  const isBetween = [a, b].every(({ mode }) => mode === 'in-tag' || mode === 'after-value');
  return isBetween ? { ...a, mode: 'after-value' } : null;
}

type Step = (place: HtmlPlace, character: string, events: HtmlEvents) => HtmlPlace;

const gap = /[ \t\n\r\f]/;
const letter = /[a-z]/i;
const tagCharacter = /[a-z0-9:-]/i;
const attributeStart = /[a-z_:]/i;
const attributeCharacter = /[a-z0-9_:.-]/i;

const steps: Record<Mode, Step> = {
  text(place, character, events) {
    if (character === '<') return { ...place, mode: 'tag-start', read: '' };
    events.text(character);
    return place;
  },

  raw(place, character, events) {
    const read = place.read + character;
    const end = `</${place.raw}`;
    if (end.startsWith(read.toLowerCase())) return { ...place, read };
    if (!place.read.toLowerCase().startsWith(end)) {
      for (const one of place.read) events.text(one);
      if (character === '<') return { ...place, read: '<' };
      events.text(character);
      return place.read === '' ? place : { ...place, read: '' };
    }
    if (gap.test(character)) return place;
    if (character !== '>') throw new AmbiguousHtml(`Write ${end}> without anything in it.`);
    events.rawEnd(place);
    return { ...place, ...outside, mode: 'text', raw: '' };
  },

  'tag-start'(place, character, events) {
    if (letter.test(character)) return named(place, character, false);
    if (character === '/') return { ...place, mode: 'closing-tag-start' };
    if (character === '!') return { ...place, mode: 'markup', read: '' };
    if (!gap.test(character)) throw new AmbiguousHtml('A < that begins no tag is written &lt;.');
    events.text('<');
    events.text(character);
    return { ...place, mode: 'text' };
  },

  'closing-tag-start'(place, character) {
    if (letter.test(character)) return named(place, character, true);
    throw new AmbiguousHtml('A </ without a name closes nothing.');
  },

  'tag-name'(place, character, events) {
    if (tagCharacter.test(character)) return { ...place, tag: place.tag + character.toLowerCase() };
    return inTag(place, character, events);
  },

  'in-tag': inTag,
  slash: inTag,

  'attribute-name'(place, character, events) {
    if (attributeCharacter.test(character))
      return { ...place, attribute: place.attribute + character.toLowerCase() };
    return afterAttributeName(place, character, events);
  },

  'after-attribute-name': afterAttributeName,

  'before-value'(place, character, events) {
    if (gap.test(character)) return place;
    if (character === '"' || character === "'") {
      events.attribute(place);
      return { ...place, mode: 'value', quote: character };
    }
    events.attribute(place);
    return steps['bare-value']({ ...place, mode: 'bare-value' }, character, events);
  },

  value(place, character, events) {
    if (character === place.quote) {
      events.attributeEnd(place);
      return { ...place, mode: 'after-value', attribute: '', quote: '', read: '' };
    }
    events.value(character);
    return place;
  },

  'bare-value'(place, character, events) {
    if (gap.test(character) || character === '>') {
      events.attributeEnd(place);
      return inTag({ ...place, mode: 'in-tag', attribute: '' }, character, events);
    }
    if (/["'<=`]/.test(character)) throw new AmbiguousHtml('Put the value of this attribute in quotes.');
    events.value(character);
    return place;
  },

  'after-value'(place, character, events) {
    if (gap.test(character) || character === '>' || character === '/')
      return inTag({ ...place, mode: 'in-tag' }, character, events);
    throw new AmbiguousHtml('Put a space between two attributes.');
  },

  markup(place, character) {
    const read = place.read + character;
    if (read === '--') return { ...place, mode: 'comment', read: '' };
    if (character === '<' || read.length > 300) throw oddMarkup();
    if (character !== '>') return { ...place, read };
    if (/^doctype [^[]*>$/i.test(read) || (/^\[(if [^\]]*|endif)\]>$/i.test(read) && !place.isConditional))
      return { ...place, mode: 'text', read: '' };
    if (/^\[endif\]-->$/i.test(read) && place.isConditional)
      return { ...place, mode: 'text', isConditional: false, read: '' };
    throw oddMarkup();
  },

  comment(place, character) {
    const read = (place.read.length < 300 ? place.read : `…${place.read.slice(-3)}`) + character;
    if (character !== '>') return { ...place, read };
    // Outlook goes on to the end mark; whoever takes the whole for a comment goes on after this.
    if (read === '>' && place.isConditional)
      return { ...place, mode: 'text', isConditional: false, read: '' };
    if (/^\[if [^\]]*\]>$/i.test(read) && !place.isConditional)
      return { ...place, mode: 'text', isConditional: true, read: '' };
    const isOdd = place.isConditional || /^-?>$/.test(read) || /--!>$/.test(read) || /^\[if/i.test(read);
    if (isOdd) throw oddMarkup();
    return /-->$/.test(read) ? { ...place, mode: 'text', read: '' } : { ...place, read };
  },
};

function named(place: HtmlPlace, character: string, isClosing: boolean): HtmlPlace {
  return { ...place, mode: 'tag-name', tag: character.toLowerCase(), isClosing, read: '' };
}

function inTag(place: HtmlPlace, character: string, events: HtmlEvents): HtmlPlace {
  if (gap.test(character)) return { ...place, mode: 'in-tag' };
  if (character === '/' && place.mode !== 'slash') return { ...place, mode: 'slash' };
  if (character === '>') {
    events.tag(place);
    const raw = !place.isClosing && rawElements.has(place.tag) ? place.tag : '';
    return { ...place, ...outside, mode: raw ? 'raw' : 'text', raw };
  }
  if (place.mode === 'in-tag' && attributeStart.test(character))
    return { ...place, mode: 'attribute-name', attribute: character.toLowerCase() };
  throw new AmbiguousHtml('Attributes are written name="value", with a space before each.');
}

const outside = { tag: '', isClosing: false, attribute: '', quote: '', read: '' };
const rawElements = new Set(['style', 'title']);

function afterAttributeName(place: HtmlPlace, character: string, events: HtmlEvents): HtmlPlace {
  if (character === '=') return { ...place, mode: 'before-value' };
  if (gap.test(character)) return { ...place, mode: 'after-attribute-name' };
  events.attribute(place);
  events.attributeEnd(place);
  return inTag({ ...place, mode: 'in-tag', attribute: '' }, character, events);
}

function oddMarkup(): AmbiguousHtml {
  return new AmbiguousHtml(
    'Mail programs read this differently: write comments <!-- like this -->, and those for Outlook <!--[if mso]> ... <![endif]-->.',
  );
}
