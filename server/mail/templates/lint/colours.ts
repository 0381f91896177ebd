import { type Colord, colord, extend } from 'colord';
import a11y from 'colord/plugins/a11y';
import names from 'colord/plugins/names';
import type { Element } from './letter.ts';

extend([a11y, names]);

/** How an element's text is shown, as far as its own and its ancestors' inline styles tell. */
export interface TextLook {
  colour: Colord;
  /** Null where it cannot be known: an image lies behind the text. */
  background: Colord | null;
  sizePx: number;
  bold: boolean;
  hidden: boolean;
}

/** How a page begins: the client's own colours. */
export function canvas(mode: 'light' | 'dark'): TextLook {
  const [colour, background] = mode === 'light' ? ['#000000', '#ffffff'] : ['#ffffff', '#121212'];
  return { colour: colord(colour), background: colord(background), sizePx: 16, bold: false, hidden: false };
}

/** The look inside an element, given the look around it. */
export function lookInside({ name, attribs }: Element, around: TextLook): TextLook {
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
    const [, property = '', value = '', mark] =
      /^\s*([\w-]+)\s*:\s*(.*?)\s*(!important)?\s*$/is.exec(declaration) ?? [];
    const name = property.toLowerCase();
    if (name === '' || (important.has(name) && !mark)) continue;
    if (mark) important.add(name);
    found.set(name, value);
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
