import type { Issue } from '../issue.ts';
import {
  allElements,
  atElement,
  type Element,
  elementsOf,
  inPart,
  type LintRule,
  type MailDocument,
  type Report,
} from './document.ts';

/** Links that lead nowhere, are unsafe, or that mail clients will not open. */
export const links: LintRule = {
  whenBare: true,
  check: document =>
    elementsOf(document.page, 'a', 'area').flatMap(
      element => linkIssue(document, element, atElement(document, element, 'link')) ?? [],
    ),
};

/**
 * Bulk mail has to offer a way out of it, by law and to be accepted at all. Elsewhere nobody replaces the placeholder
 * by a link: providers do so on broadcast streams alone, and recipients would read it as it is.
 */
export const unsubscribe: LintRule = {
  whenBare: false,
  check: document =>
    document.bulk
      ? [...missingIn(document, 'html', 'error'), ...missingIn(document, 'text', 'warning')]
      : [...uselessIn(document, 'html'), ...uselessIn(document, 'text')],
};

const openable = new Set(['https:', 'mailto:', 'tel:', 'sms:']);

function linkIssue(document: MailDocument, { attribs }: Element, report: Report): Issue | null {
  const { href } = attribs;
  if (href === undefined)
    return attribs.name || attribs.id ? null : report('error', 'A link has no address: give it an href.');
  const address = href.trim();
  if (address === '' || address === '#')
    return report('error', 'A link has an empty address: give it one, or take it out.');
  if (address.startsWith('#')) return anchorIssue(document, address.slice(1), report);
  if (!URL.canParse(address))
    return report(
      'error',
      `${quoted(address)} is not a whole address: begin it with https:// and the name of the site.`,
    );
  return addressIssue(new URL(address), address, report);
}

function addressIssue(url: URL, address: string, report: Report): Issue | null {
  if (url.protocol === 'http:')
    return report(
      'warning',
      `${quoted(address)} is not encrypted: use https, or people may be warned of it.`,
    );
  if (!openable.has(url.protocol))
    return report('error', `Mail clients do not open ${url.protocol} links: use https, mailto or tel.`);
  if (url.protocol === 'https:' && isOwnNetwork(url.hostname))
    return report(
      'warning',
      `${quoted(address)} can be reached from your own network only: use the public address.`,
    );
  return null;
}

function anchorIssue({ page }: MailDocument, name: string, report: Report): Issue | null {
  const isThere = allElements(page).some(({ attribs }) => attribs.id === name || attribs.name === name);
  return isThere ? null : report('error', `#${name} leads nowhere: no element has that id.`);
}

function quoted(address: string): string {
  return `"${address.length > 80 ? `${address.slice(0, 77)}...` : address}"`;
}

/** True for hosts that only a computer itself, or its own network, can reach. */
function isOwnNetwork(hostname: string): boolean {
  const isName = !/^[\d.]+$|^\[/.test(hostname);
  if (isName) return !hostname.includes('.') || /\.(local|localhost|internal|test)$/.test(hostname);
  return /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^\[(::1|f[cd]|fe80)/.test(
    hostname,
  );
}

function missingIn(document: MailDocument, part: 'html' | 'text', severity: Issue['severity']): Issue[] {
  if (document[part].includes(document.unsubscribe)) return [];
  const how = part === 'html' ? '<a href="{{{@unsubscribe}}}">Unsubscribe</a>' : '{{{@unsubscribe}}}';
  const message = `Bulk mail needs a link to unsubscribe: put ${how} into this part or into its layout.`;
  return [inPart(document, part, 'unsubscribe')(severity, message)];
}

function uselessIn(document: MailDocument, part: 'html' | 'text'): Issue[] {
  if (!document[part].includes(document.unsubscribe)) return [];
  const message =
    'Only bulk mail has a link to unsubscribe: take {{{@unsubscribe}}} out, or use another layout.';
  return [inPart(document, part, 'unsubscribe')('error', message)];
}
