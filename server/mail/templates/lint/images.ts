import type { Finding } from './fault.ts';
import { type Element, elementsOf, faultAt, type LetterRule } from './letter.ts';

/** Images that say nothing to who cannot see them, or that will not be shown. */
export const images: LetterRule = letter =>
  elementsOf(letter.page, 'img').flatMap(element =>
    findingsOf(element).map(finding => faultAt(letter, element, finding)),
  );

function findingsOf({ attribs: { alt, src } }: Element): Finding[] {
  const unnamed: Finding = {
    severity: 'warning',
    rule: 'image-alt',
    message:
      'An image has no alt text: say in a few words what it shows, or write alt="" for mere decoration.',
  };
  const source = sourceFinding(src?.trim() ?? '');
  return [...(alt === undefined ? [unnamed] : []), ...(source ? [source] : [])];
}

function sourceFinding(source: string): Finding | null {
  if (source === '') return finding('error', 'An image has no address: give it a src, or take it out.');
  if (source.startsWith('data:'))
    return finding(
      'warning',
      'Gmail and Outlook do not show images that are written into the HTML: link to a file.',
    );
  if (!URL.canParse(source))
    return finding('error', `"${source.slice(0, 80)}" is not a whole address: begin it with https://.`);
  const { protocol } = new URL(source);
  if (protocol === 'http:')
    return finding('warning', 'An image is loaded over http, which many clients refuse: use https.');
  return protocol === 'https:' || protocol === 'cid:'
    ? null
    : finding('error', `Mail clients do not load ${protocol} images: use https.`);
}

function finding(severity: Finding['severity'], message: string): Finding {
  return { severity, rule: 'image', message };
}
