/** A style element: where it begins and ends in its document, and what is in it. */
export interface StyleElement {
  from: number;
  to: number;
  css: string;
}

/** The style elements of a document, in order, in time that grows with its size alone. One that is not closed is none. */
export function styleElements(html: string): StyleElement[] {
  const found: StyleElement[] = [];
  let open: { index: number; 0: string } | null = null;
  for (const tag of html.matchAll(/<style[^<>]*>|<\/style>/gi)) {
    if (!tag[0].startsWith('</')) open ??= tag;
    else if (open) {
      const css = html.slice(open.index + open[0].length, tag.index);
      found.push({ from: open.index, to: tag.index + tag[0].length, css });
      open = null;
    }
  }
  return found;
}

/** The document with each style element changed, its tags included. */
export function withStyles(html: string, change: (element: string) => string): string {
  let end = 0;
  const pieces = styleElements(html).map(({ from, to }) => {
    const piece = html.slice(end, from) + change(html.slice(from, to));
    end = to;
    return piece;
  });
  return pieces.join('') + html.slice(end);
}
