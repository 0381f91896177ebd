import { DomUtils } from 'htmlparser2';
import { commonLimits } from '../../providers/limits.ts';
import {
  allElements,
  atElement,
  type Element,
  inPart,
  type LintRule,
  type MailDocument,
} from './document.ts';

/** What runs, loads or asks inside a mail: clients remove it, and filters take such mail for an attack. */
export const activeContent: LintRule = {
  whenBare: true,
  check: document => elementIssues(document, 'active-content', 'error', activeContentIn),
};

/** What many clients drop or ignore, so that the mail looks otherwise there. */
export const unsupported: LintRule = {
  whenBare: false,
  check: document => elementIssues(document, 'unsupported', 'warning', unsupportedIn),
};

/** HTML that is cut off on its way to the reader, or refused by the provider. */
export const size: LintRule = {
  whenBare: false,
  check(document) {
    const bytes = Buffer.byteLength(document.html);
    const kb = Math.ceil(bytes / 1024);
    const report = inPart(document, 'html', 'size');
    if (bytes > commonLimits.bodyBytes) {
      const most = commonLimits.bodyBytes / 1024;
      return [report('error', `The rendered HTML has ${kb} KB; providers refuse more than ${most} KB.`)];
    }
    if (bytes <= clippedBytes) return [];
    const shown = clippedBytes / 1024;
    return [
      report('warning', `The rendered HTML has ${kb} KB; Gmail cuts it off after ${shown} KB. Shorten it.`),
    ];
  },
};

/** Gmail cuts the HTML here and hides the rest, the link to unsubscribe with it. */
const clippedBytes = 102 * 1024;

function elementIssues(
  document: MailDocument,
  rule: string,
  severity: 'error' | 'warning',
  messageFor: (element: Element) => string | null,
) {
  return allElements(document.page).flatMap(element => {
    const message = messageFor(element);
    return message ? [atElement(document, element, rule)(severity, message)] : [];
  });
}

const forbidden = new Set('script iframe frame frameset object embed applet base portal'.split(' '));
const controls = new Set('form input button select textarea'.split(' '));

function activeContentIn({ name, attribs }: Element): string | null {
  if (forbidden.has(name)) return `Mail must not contain <${name}>: clients remove it. Take it out.`;
  if (controls.has(name)) return `Forms do not work in mail: replace <${name}> by a link to a page of yours.`;
  if (name === 'meta' && attribs['http-equiv']?.toLowerCase() === 'refresh')
    return 'A mail cannot lead to another page by itself: take the refresh out.';
  const handler = Object.keys(attribs).find(attribute => /^on[a-z]+$/i.test(attribute));
  return handler ? `Scripts do not run in mail: take the attribute ${handler} out.` : null;
}

function unsupportedIn(element: Element): string | null {
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
