import { type Colord, colord, extend } from 'colord';
import a11y from 'colord/plugins/a11y';
import names from 'colord/plugins/names';
import juice from 'juice';
import type { Issue } from '../issue.ts';
import { styleElements } from '../language/style-elements.ts';
import {
  atElement,
  type Element,
  type LintRule,
  type MailDocument,
  type Page,
  readPage,
} from './document.ts';

extend([a11y, names]);

type Mode = 'light' | 'dark';

/** Text that is hard to read on its background, in light mode and, where the mail has styles for it, in dark mode. */
export const contrast: LintRule = {
  whenBare: false,
  check(document) {
    const dark = inDarkMode(document.annotatedHtml);
    const inLight = faintIn(document, document.page, 'light');
    return dark === null ? inLight : [...inLight, ...faintIn(document, readPage(dark), 'dark')];
  },
};

interface Faint {
  element: Element;
  look: TextLook;
  ratio: number;
  places: number;
}

/** One issue for each pair of colours, at the first place that has it. */
function faintIn(document: MailDocument, page: Page, mode: Mode): Issue[] {
  const found = new Map<string, Faint>();
  for (const { element, look } of textsOf(page, mode)) {
    const ratio = look.background?.contrast(look.colour) ?? 21;
    if (ratio >= wanted(look)) continue;
    const pair = `${look.colour.toHex()} ${look.background?.toHex()}`;
    const known = found.get(pair);
    found.set(pair, known ? { ...known, places: known.places + 1 } : { element, look, ratio, places: 1 });
  }
  return [...found.values()].map(one => issueOf(document, mode, one));
}

/** What WCAG asks for at level AA; large text is read more easily. */
function wanted({ sizePx, bold }: TextLook): number {
  return sizePx >= 24 || (bold && sizePx >= 18.66) ? 3 : 4.5;
}

function issueOf(document: MailDocument, mode: Mode, { element, look, ratio, places }: Faint): Issue {
  const colours = `${look.colour.toHex()} on ${look.background?.toHex()}`;
  const where = mode === 'dark' ? ' in dark mode' : '';
  const often = places > 1 ? `, in ${places} places` : '';
  const message =
    `Text is hard to read${where}${often}: ${colours} has a contrast of ${ratio.toFixed(1)}, ` +
    `${wanted(look)} are needed. Choose colours further apart.`;
  return atElement(document, element, 'contrast')('warning', message);
}

/** Each element with text of its own that can be seen. */
function textsOf(page: Page, mode: Mode): { element: Element; look: TextLook }[] {
  const found: { element: Element; look: TextLook }[] = [];
  const walk = (nodes: Page['childNodes'], around: TextLook, parent: Element | null): void => {
    for (const node of nodes) {
      if (node.type === 'text' && parent && !around.hidden && /[\p{L}\p{N}]/u.test(node.data))
        found.push({ element: parent, look: around });
      if (node.type === 'tag') walk(node.childNodes, lookInside(node, around), node);
    }
  };
  walk(page.childNodes, canvas(mode), null);
  return found.filter(({ element: { name } }) => name !== 'title');
}

/** How an element's text is shown, as far as its own and its ancestors' inline styles tell. */
interface TextLook {
  colour: Colord;
  /** Null where it cannot be known: an image lies behind the text. */
  background: Colord | null;
  sizePx: number;
  bold: boolean;
  hidden: boolean;
}

/** How a page begins: the client's own colours. */
function canvas(mode: 'light' | 'dark'): TextLook {
  const [colour, background] = mode === 'light' ? ['#000000', '#ffffff'] : ['#ffffff', '#121212'];
  return { colour: colord(colour), background: colord(background), sizePx: 16, bold: false, hidden: false };
}

/** The look inside an element, given the look around it. */
function lookInside({ name, attribs }: Element, around: TextLook): TextLook {
  const style = declarations(attribs.style ?? '');
  const background = backgroundOf(style, attribs.bgcolor, around.background);
  const own = style.get('color') ?? attribs.color;
  const colour = own ? (readColour(own) ?? around.colour) : name === 'a' ? linkColour : around.colour;
  return {
    colour: background && colour.alpha() < 1 ? over(colour, background) : colour,
    background,
    sizePx: sizeOf(style.get('font-size'), around.sizePx),
    bold: isBold(style.get('font-weight'), name, around.bold),
    hidden: around.hidden || isHidden(style, attribs),
  };
}

// What browsers and mail clients give a link without a colour of its own.
const linkColour = colord('#0000ee');

function backgroundOf(
  style: ReadonlyMap<string, string>,
  bgcolor: string | undefined,
  around: Colord | null,
): Colord | null {
  const shorthand = style.get('background') ?? '';
  if (/url\(|gradient\(/i.test(shorthand + (style.get('background-image') ?? ''))) return null;
  const colour = readColour(style.get('background-color') ?? shorthand) ?? readColour(bgcolor ?? '');
  if (!colour) return around;
  return colour.alpha() < 1 ? around && over(colour, around) : colour;
}

/** The first colour named in a value; undefined where there is none, or it depends on what is elsewhere. */
function readColour(value: string): Colord | undefined {
  const candidates = value.match(/#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|[a-z]+/gi) ?? [];
  return candidates.map(candidate => colord(candidate)).find(colour => colour.isValid());
}

function over(front: Colord, back: Colord): Colord {
  const [top, under, share] = [front.toRgb(), back.toRgb(), front.alpha()];
  const mix = (channel: 'r' | 'g' | 'b') => Math.round(top[channel] * share + under[channel] * (1 - share));
  return colord({ r: mix('r'), g: mix('g'), b: mix('b') });
}

/** An inline style by property, the last of each; `!important` wins, as it does there. */
function declarations(style: string): Map<string, string> {
  const found = new Map<string, string>();
  const important = new Set<string>();
  for (const declaration of style.split(';')) {
    const colon = declaration.indexOf(':');
    const name = declaration.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    const isImportant = /!important$/i.test(value);
    if (!/^[\w-]+$/.test(name) || (important.has(name) && !isImportant)) continue;
    if (isImportant) important.add(name);
    found.set(name, isImportant ? value.slice(0, -'!important'.length).trimEnd() : value);
  }
  return found;
}

function sizeOf(value: string | undefined, around: number): number {
  const [, amount, unit] = /^([\d.]+)(px|pt|em|rem|%)$/i.exec(value ?? '') ?? [];
  if (!amount || !unit) return around;
  const factors: Record<string, number> = { px: 1, pt: 4 / 3, em: around, rem: 16, '%': around / 100 };
  return Number(amount) * (factors[unit.toLowerCase()] ?? 1);
}

function isBold(value: string | undefined, name: string, around: boolean): boolean {
  if (value) return /^bold/i.test(value) || Number(value) >= 700;
  return around || /^(b|strong|h[1-6]|th)$/.test(name);
}

function isHidden(style: ReadonlyMap<string, string>, attribs: Record<string, string>): boolean {
  const isSmall = sizeOf(style.get('font-size'), 16) <= 2;
  const isOut = style.get('display') === 'none' || style.get('visibility') === 'hidden';
  return isSmall || isOut || Number(style.get('opacity') ?? 1) < 0.1 || 'hidden' in attribs;
}

/**
 * The page as a client in dark mode shows it: what its media queries for `prefers-color-scheme: dark` say, moved onto
 * the elements. Null when there are none: each client then makes colours of its own, which nobody can check.
 */
function inDarkMode(html: string): string | null {
  const css = darkRules(html);
  return css.trim() === '' ? null : juice.inlineContent(html, css, keepRest);
}

const keepRest: juice.Options = { preserveImportant: true, inlinePseudoElements: false };

function darkRules(html: string): string {
  return styleElements(html)
    .map(({ css }) => darkBlocks(css).join('\n'))
    .join('\n');
}

function darkBlocks(css: string): string[] {
  let end = 0;
  return [...css.matchAll(/@media([^{@]*)\{/gi)].flatMap(({ 0: start, 1: query = '', index }) => {
    if (index < end || !/prefers-color-scheme\s*:\s*dark/i.test(query)) return [];
    const block = blockFrom(css, index + start.length);
    end = index + start.length + block.length;
    return [block];
  });
}

/** What stands between a brace that is open and the one that closes it. */
function blockFrom(css: string, from: number): string {
  let open = 1;
  for (let at = from; at < css.length; at++) {
    if (css[at] === '{') open++;
    if (css[at] === '}') open--;
    if (open === 0) return css.slice(from, at);
  }
  return css.slice(from);
}
