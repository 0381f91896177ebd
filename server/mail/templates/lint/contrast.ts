import { canvas, lookInside, type TextLook } from './colours.ts';
import { inDarkMode } from './dark-styles.ts';
import type { Fault } from './fault.ts';
import { type Element, faultAt, type Letter, type LetterRule, type Page, readPage } from './letter.ts';

type Mode = 'light' | 'dark';

/** Text that is hard to read on its background, in light mode and, where the mail has styles for it, in dark mode. */
export const contrast: LetterRule = letter => {
  const dark = inDarkMode(letter.placedHtml);
  return [...faintIn(letter, letter.page, 'light'), ...(dark ? faintIn(letter, readPage(dark), 'dark') : [])];
};

interface Faint {
  element: Element;
  look: TextLook;
  ratio: number;
  places: number;
}

/** One fault for each pair of colours, at the first place that has it. */
function faintIn(letter: Letter, page: Page, mode: Mode): Fault[] {
  const found = new Map<string, Faint>();
  for (const { element, look } of textsOf(page, mode)) {
    const ratio = look.background?.contrast(look.colour) ?? 21;
    if (ratio >= wanted(look)) continue;
    const pair = `${look.colour.toHex()} ${look.background?.toHex()}`;
    const known = found.get(pair);
    found.set(pair, known ? { ...known, places: known.places + 1 } : { element, look, ratio, places: 1 });
  }
  return [...found.values()].map(one => faultOf(letter, mode, one));
}

/** What WCAG asks for at level AA; large text is read more easily. */
function wanted({ sizePx, bold }: TextLook): number {
  return sizePx >= 24 || (bold && sizePx >= 18.66) ? 3 : 4.5;
}

function faultOf(letter: Letter, mode: Mode, { element, look, ratio, places }: Faint): Fault {
  const colours = `${look.colour.toHex()} on ${look.background?.toHex()}`;
  const where = mode === 'dark' ? ' in dark mode' : '';
  const often = places > 1 ? `, in ${places} places` : '';
  const message =
    `Text is hard to read${where}${often}: ${colours} has a contrast of ${ratio.toFixed(1)}, ` +
    `${wanted(look)} are needed. Choose colours further apart.`;
  return faultAt(letter, element, { severity: 'warning', rule: 'contrast', message });
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
