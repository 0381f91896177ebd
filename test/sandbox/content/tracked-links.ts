import type { Source } from '../store/content-window.ts';

/** A link that is rewritten. */
export interface TrackedLink {
  location: 'HTML' | 'Text';
  /** Where it leads. */
  link: string;
}

/** The bodies in which links are. */
export interface Bodies {
  html: string;
  text: string;
}

const ANCHOR = /(<a\s[^>]*?href\s*=\s*["']?)(https?:[^"'\s>]+)([^>]*>)/gi;
const BARE = /https?:\/\/[^\s<>"']+/gi;
const UNTRACKED = /\sdata-pm-no-track\b/i;

/**
 * Puts others in the place of links that are tracked, in their order: well-formed http(s) ones in the bodies that
 * `trackLinks` names. An anchor can refuse it by `data-pm-no-track`, for its address in the text, too.
 */
export function replaceLinks(
  { html, text }: Bodies,
  trackLinks: string,
  replace: (link: TrackedLink) => string,
): Bodies {
  const left = new Set<string>();
  const withAnchors = html.replace(ANCHOR, (anchor, before: string, href: string, after: string) => {
    const link = href.replaceAll('&amp;', '&');
    if (!UNTRACKED.test(anchor)) {
      return tracksHtml(trackLinks) ? before + replace({ location: 'HTML', link }) + after : anchor;
    }
    left.add(link);
    return anchor;
  });
  if (!tracksText(trackLinks)) return { html: withAnchors, text };
  const withLinks = text.replace(BARE, link => (left.has(link) ? link : replace({ location: 'Text', link })));
  return { html: withAnchors, text: withLinks };
}

/** The links of a message that are tracked, in their order. */
export function trackedLinks(bodies: Bodies, trackLinks: string): TrackedLink[] {
  const links: TrackedLink[] = [];
  replaceLinks(bodies, trackLinks, link => {
    links.push(link);
    return link.link;
  });
  return links;
}

/** How many links of a message are rewritten, each once. */
export function countTrackedLinks(source: Source, trackLinks: string): number {
  if (trackLinks === 'None') return 0;
  const links = trackedLinks(source.kind === 'fields' ? source : roughBodies(source.raw), trackLinks);
  return new Set(links.map(({ link }) => link)).size;
}

function tracksHtml(trackLinks: string): boolean {
  return trackLinks === 'HtmlAndText' || trackLinks === 'HtmlOnly';
}

function tracksText(trackLinks: string): boolean {
  return trackLinks === 'HtmlAndText' || trackLinks === 'TextOnly';
}

/** Both bodies in one, without a real parse: a message of a campaign is not worth one for a count. */
function roughBodies(raw: Buffer): Bodies {
  const text = raw.toString('latin1').replace(/=\r\n/g, '').replaceAll('=3D', '=');
  return { html: text, text: '' };
}
