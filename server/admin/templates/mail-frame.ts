import { sendMailHtml } from '../headers.ts';
import type { Page } from '../page.ts';

/** Why there is no preview of a template that does not compile. */
export const hasErrors = 'There are errors, so there is no preview. The editor lists them.';

/** Answers with a sentence in the place of a mail, where one of our pages would have neither its style nor its links. */
export function sendTextInFrame({ response }: Page, sentence: string): void {
  const text = sentence.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.status(422);
  sendMailHtml(response, `<p style="margin: 2rem; font: 1rem/1.5 system-ui, sans-serif">${text}</p>`);
}

/**
 * Answers with HTML as a mail client shows it that has this colour scheme: rules for the other one never apply, rules
 * for this one always do, whatever the viewer's own system prefers. It is what clients do that follow a mail's own dark
 * styles, such as Apple Mail; how other clients invert colours cannot be predicted.
 */
export function sendInScheme({ response }: Page, html: string, scheme: unknown): void {
  const chosen = scheme === 'dark' ? 'dark' : 'light';
  const shown = html.replace(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi, (_, wanted: string) =>
    wanted.toLowerCase() === chosen ? '(min-width: 0)' : '(max-width: 0)',
  );
  sendMailHtml(response, shown);
}
