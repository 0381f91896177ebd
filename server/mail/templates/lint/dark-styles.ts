import juice from 'juice';

/**
 * The page as a client in dark mode shows it: what its media queries for `prefers-color-scheme: dark` say, moved onto
 * the elements. Null when there are none: each client then makes colours of its own, which nobody can check.
 */
export function inDarkMode(html: string): string | null {
  const css = darkRules(html);
  return css.trim() === '' ? null : juice.inlineContent(html, css, keepRest);
}

const keepRest: juice.Options = { preserveImportant: true, inlinePseudoElements: false };

function darkRules(html: string): string {
  const styles = html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/gi);
  return [...styles].map(([, css = '']) => darkBlocks(css).join('\n')).join('\n');
}

function darkBlocks(css: string): string[] {
  const starts = css.matchAll(/@media[^{]*prefers-color-scheme\s*:\s*dark[^{]*\{/gi);
  return [...starts].map(({ 0: start, index }) => blockFrom(css, index + start.length));
}

/** What stands between a brace that is open and the one that closes it. */
function blockFrom(css: string, from: number): string {
  let open = 1;
  for (let at = from; at < css.length; at++) {
    if (css[at] === '{') open++;
    if (css[at] === '}') open--;
    if (open === 0) return css.slice(from, at);
  }
  return css.slice(from);
}
