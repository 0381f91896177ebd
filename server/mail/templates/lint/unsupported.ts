import { DomUtils } from 'htmlparser2';
import { allElements, type Element, faultAt, type LetterRule } from './letter.ts';

/** What many clients drop or ignore, so that the mail looks otherwise there. */
export const unsupported: LetterRule = letter =>
  allElements(letter.page).flatMap(element => {
    const message = messageFor(element);
    return message ? [faultAt(letter, element, { severity: 'warning', rule: 'unsupported', message })] : [];
  });

function messageFor(element: Element): string | null {
  const { name, attribs } = element;
  if (name === 'video' || name === 'audio')
    return `Most clients do not play <${name}>: show an image that links to it.`;
  if (name === 'link' && /\bstylesheet\b/i.test(attribs.rel ?? '') && !isFont(attribs.href))
    return 'Clients do not load style sheets: put the rules into a <style> of the layout.';
  if (name === 'style') return styleMessage(element);
  const property = /\b(position\s*:\s*(?:absolute|fixed|sticky)|display\s*:\s*(?:flex|grid))/i.exec(
    attribs.style ?? '',
  );
  return property ? `Outlook and others ignore "${property[1]}": lay the mail out with tables.` : null;
}

function styleMessage(element: Element): string | null {
  if (isInside(element, 'body'))
    return 'Gmail drops a <style> that stands in the body: move it into the head of the layout.';
  const imported = /@import[^;]*/i.exec(DomUtils.textContent(element))?.[0];
  return imported && !isFont(imported)
    ? 'Clients do not follow @import: write the rules into the <style>.'
    : null;
}

// A font that does not load leaves the next one of its family; nothing is lost.
function isFont(address = ''): boolean {
  return /font/i.test(address);
}

function isInside({ parent }: Element, name: string): boolean {
  for (let around = parent; around && 'name' in around; around = around.parent) {
    if (around.name === name) return true;
  }
  return false;
}
