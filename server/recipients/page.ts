import { createHash } from 'node:crypto';
import type { Response } from 'express';
import Handlebars from 'handlebars';
import { languageNames, type PageLanguage, pageLanguages } from './languages.ts';
import { style } from './style.ts';
import { commonWordsIn } from './words/common.ts';

/** What stands around every page for a recipient. */
export interface PageFrame {
  status: number;
  language: PageLanguage;
  title: string;
  /** Of the window, where it says more than the heading. */
  documentTitle?: string;
  /** In whose name the mail was that led here. */
  brand?: { name: string; colour: string | null } | undefined;
  /** Where the page is in another language, before `?lang=`: without it there is no choice. */
  languagesAt?: string | undefined;
}

/** A page with a heading and a sentence, and a button where there is something to do. */
export interface RecipientPage extends PageFrame {
  text: string;
  reasons?: readonly string[] | undefined;
  /** Posts to `action`, else to the page's own address. */
  button?: { text: string; action?: string; isQuiet?: boolean } | undefined;
  link?: { text: string; href: string } | undefined;
}

/** HTML that a view of ours wrote. */
export type Markup = Handlebars.SafeString;

/** Compiles a view. Whatever is put into it is escaped. */
export function view(source: string): (values: object) => Markup {
  const render = handlebars.compile<object>(source, { knownHelpersOnly: true });
  return values => new Handlebars.SafeString(render(values));
}

const handlebars = Handlebars.create();

const frame = view(`<!doctype html>
<html lang="{{language}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{documentTitle}}{{#if brand}} – {{brand.name}}{{/if}}</title>
<style>{{style}}</style>
</head>
<body>
{{#if brand}}<header>{{brand.name}}</header>{{/if}}
<main>
<h1>{{title}}</h1>
{{body}}
</main>
{{#if languages}}
<nav aria-label="{{languagesLabel}}"><ul>
{{#each languages}}<li><a href="{{href}}" lang="{{code}}" hreflang="{{code}}"{{#if isCurrent}} aria-current="true"{{/if}}>{{name}}</a></li>
{{/each}}
</ul></nav>
{{/if}}
</body>
</html>
`);

const message = view(`<p role="status">{{text}}</p>
{{#if reasons}}<ul>{{#each reasons}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
{{#if button}}<form method="post"{{#if button.action}} action="{{button.action}}"{{/if}}><button type="submit"{{#if button.isQuiet}} class="quiet"{{/if}}>{{button.text}}</button></form>{{/if}}
{{#if link}}<p><a href="{{link.href}}">{{link.text}}</a></p>{{/if}}`);

/** Answers with a page of a heading and a sentence. */
export function showRecipientPage(response: Response, page: RecipientPage): void {
  sendPage(response, page, message(page));
}

/** Answers with a page that runs nothing, loads nothing, and posts to our own addresses alone. */
export function sendPage(response: Response, page: PageFrame, body: Markup): void {
  const { status, language, title, documentTitle = title, brand, languagesAt } = page;
  const css = brand?.colour ? `${style}body { border-top-color: ${brand.colour}; }\n` : style;
  const hash = createHash('sha256').update(css).digest('base64');
  response
    .status(status)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      'X-Robots-Tag': 'noindex',
      'Content-Language': language,
    })
    .type('html')
    .send(
      frame({
        ...{ language, title, documentTitle, brand, body, style: new Handlebars.SafeString(css) },
        languages: languagesAt !== undefined && languageLinks(languagesAt, language),
        languagesLabel: commonWordsIn(language).languages,
      }).toString(),
    );
}

function languageLinks(at: string, current: PageLanguage): object[] {
  return pageLanguages.map(code => ({
    ...{ code, name: languageNames[code], href: `${at}?lang=${code}`, isCurrent: code === current },
  }));
}
