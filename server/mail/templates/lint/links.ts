import type { Finding } from './fault.ts';
import { allElements, type Element, elementsOf, faultAt, type Letter, type LetterRule } from './letter.ts';
import { isOwnNetwork } from './own-network.ts';

/** Links that lead nowhere, are unsafe, or that mail clients will not open. */
export const links: LetterRule = letter =>
  elementsOf(letter.page, 'a', 'area').flatMap(element => {
    const finding = findingOf(letter, element);
    return finding ? [faultAt(letter, element, finding)] : [];
  });

const openable = new Set(['https:', 'mailto:', 'tel:', 'sms:']);

function findingOf(letter: Letter, { attribs }: Element): Finding | null {
  const { href } = attribs;
  if (href === undefined)
    return attribs.name || attribs.id ? null : error('A link has no address: give it an href.');
  const address = href.trim();
  if (address === '' || address === '#')
    return error('A link has an empty address: give it one, or take it out.');
  if (address.startsWith('#')) return anchorFinding(letter, address.slice(1));
  if (!URL.canParse(address))
    return error(
      `${quoted(address)} is not a whole address: begin it with https:// and the name of the site.`,
    );
  return addressFinding(new URL(address), address);
}

function addressFinding(url: URL, address: string): Finding | null {
  if (url.protocol === 'http:')
    return warning(`${quoted(address)} is not encrypted: use https, or people may be warned of it.`);
  if (!openable.has(url.protocol))
    return error(`Mail clients do not open ${url.protocol} links: use https, mailto or tel.`);
  if (url.protocol === 'https:' && isOwnNetwork(url.hostname))
    return warning(`${quoted(address)} can be reached from your own network only: use the public address.`);
  return null;
}

function anchorFinding({ page }: Letter, name: string): Finding | null {
  const isThere = allElements(page).some(({ attribs }) => attribs.id === name || attribs.name === name);
  return isThere ? null : error(`#${name} leads nowhere: no element has that id.`);
}

function error(message: string): Finding {
  return { severity: 'error', rule: 'link', message };
}

function warning(message: string): Finding {
  return { severity: 'warning', rule: 'link', message };
}

function quoted(address: string): string {
  return `"${address.length > 80 ? `${address.slice(0, 77)}...` : address}"`;
}
