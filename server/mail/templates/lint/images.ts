import type { Issue } from '../issue.ts';
import { atElement, elementsOf, type LintRule, type Report } from './document.ts';

/** Images that say nothing to those who cannot see them, or that will not be shown. */
export const images: LintRule = {
  whenBare: true,
  check: document =>
    elementsOf(document.page, 'img').flatMap(element => {
      const { alt, src = '' } = element.attribs;
      const source = sourceIssue(src.trim(), atElement(document, element, 'image'));
      const unnamed =
        'An image has no alt text: say in a few words what it shows, or write alt="" for mere decoration.';
      return [
        ...(alt === undefined ? [atElement(document, element, 'image-alt')('warning', unnamed)] : []),
        ...(source ? [source] : []),
      ];
    }),
};

function sourceIssue(source: string, report: Report): Issue | null {
  if (source === '') return report('error', 'An image has no address: give it a src, or take it out.');
  if (source.startsWith('data:'))
    return report(
      'warning',
      'Gmail and Outlook do not show images that are written into the HTML: link to a file.',
    );
  if (!URL.canParse(source))
    return report('error', `"${source.slice(0, 80)}" is not a whole address: begin it with https://.`);
  const { protocol } = new URL(source);
  if (protocol === 'http:')
    return report('warning', 'An image is loaded over http, which many clients refuse: use https.');
  return protocol === 'https:' || protocol === 'cid:'
    ? null
    : report('error', `Mail clients do not load ${protocol} images: use https.`);
}
