import type { Source } from './store/contents.ts';

/** How many links of a message are rewritten: well-formed http(s) ones, each once, in the bodies that are tracked. */
export function countTrackedLinks(source: Source, trackLinks: string): number {
  if (trackLinks === 'None') return 0;
  const links = new Set<string>();
  const { html, text } = source.kind === 'fields' ? source : roughBodies(source.raw);
  if (trackLinks !== 'TextOnly')
    for (const link of linksIn(html, /<a\s[^>]*?href\s*=\s*["']?(https?:[^"'\s>]+)[^>]*>/gi)) links.add(link);
  if (trackLinks !== 'HtmlOnly')
    for (const link of linksIn(text, /(https?:\/\/[^\s<>"']+)/gi)) links.add(link);
  return links.size;
}

function linksIn(body: string, pattern: RegExp): string[] {
  return [...body.matchAll(pattern)]
    .filter(([whole]) => !/\sdata-pm-no-track\b/i.test(whole))
    .flatMap(([, link]) => (link === undefined ? [] : [link]));
}

/** Both bodies in one, without a real parse: a message of a campaign is not worth one for a count. */
function roughBodies(raw: Buffer): { html: string; text: string } {
  const text = raw.toString('latin1').replace(/=\r\n/g, '').replaceAll('=3D', '=');
  return { html: text, text: '' };
}
