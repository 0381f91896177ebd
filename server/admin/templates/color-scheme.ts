/**
 * HTML as a mail client shows it that has this colour scheme: rules for the other one never apply, rules for this one
 * always do, whatever the viewer's own system prefers. It is what clients do that follow a mail's own dark styles, such
 * as Apple Mail; how other clients invert colours cannot be predicted.
 */
export function withScheme(html: string, scheme: 'light' | 'dark'): string {
  return html.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, wanted: string) =>
    wanted.toLowerCase() === scheme ? '(min-width: 0)' : '(max-width: 0)',
  );
}
