import { createHash } from 'node:crypto';
import type { Response } from 'express';
import Handlebars from 'handlebars';
import type { PageLanguage } from './words.ts';

/** A page for a recipient: a heading, a sentence, and one button where there is something to do. */
export interface RecipientPage {
  status: number;
  language: PageLanguage;
  title: string;
  text: string;
  button?: string;
}

const style = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 3rem 1.25rem; background: Canvas; color: CanvasText; }
main { max-width: 34rem; margin: 0 auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1.5rem; overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; padding: .65rem 1.5rem; border: 0; border-radius: .4rem; background: #125c53; color: #fff; cursor: pointer; }
button:focus-visible { outline: 3px solid Highlight; outline-offset: 3px; }
`;

const view = Handlebars.create().compile<object>(
  `<!doctype html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{title}}</title>
<style>{{{style}}}</style>
</head>
<body>
<main>
<h1>{{title}}</h1>
<p role="status">{{text}}</p>
{{#if button}}<form method="post"><button type="submit">{{button}}</button></form>{{/if}}
</main>
</body>
</html>
`,
  { knownHelpersOnly: true },
);

const styleHash = createHash('sha256').update(style).digest('base64');

/** Answers with a page that runs nothing, loads nothing, and posts to its own address alone. */
export function showRecipientPage(response: Response, { status, ...page }: RecipientPage): void {
  response
    .status(status)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'X-Robots-Tag': 'noindex',
      'Content-Language': page.language,
    })
    .type('html')
    .send(view({ ...page, style }));
}
