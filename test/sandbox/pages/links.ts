import type { Content } from '../content/content.ts';

const MOST = 50;

/** The web addresses a recipient could follow, in order, each once. */
export function linksIn({ html, text }: Pick<Content, 'html' | 'text'>): string[] {
  const inHtml = [...html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(
    ([, double, single]) => double ?? single ?? '',
  );
  const found = inHtml.length > 0 ? inHtml : (text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? []);
  const links = found.map(link => link.replaceAll('&amp;', '&')).filter(link => /^https?:/i.test(link));
  return [...new Set(links)].slice(0, MOST);
}
