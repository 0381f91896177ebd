import Handlebars from 'handlebars';
import { convert } from 'html-to-text';
import { MailError } from '../../error.ts';
import { helperFunctions } from './helpers.ts';
import { inlineCss } from './inline-css.ts';
import { excessOf } from './scan.ts';
import { partsFor, type TemplateContent, type TemplateParts } from './template.ts';

/** What a rendered message consists of. */
export interface Rendered {
  subject: string;
  html: string;
  text: string;
}

/** What rendering knows beside the data: never part of a contract, seen by templates as `@name`. */
export interface RenderContext {
  locale: string | null;
  /** The provider's placeholder or a link; put in raw. */
  unsubscribe: string;
  /** The link to the recipient's preferences; a template that asks for it cannot be rendered where there is none. */
  preferences?: string | null;
}

/** A version of a template, compiled once and used for every message that is pinned to it. */
export interface CompiledTemplate {
  /** Throws `invalid-template` when the template asks for a variable that the data doesn't have. */
  render(data: Record<string, unknown>, context: RenderContext): Rendered;
  /** The line that inboxes show after the subject, as `render` puts it into the HTML; empty where there is none. */
  preheader(data: Record<string, unknown>, context: RenderContext): string;
}

type Part = (data: Record<string, unknown>, runtime: RuntimeData) => string;
interface RuntimeData {
  data: Record<string, unknown>;
}

/** Compiles a version; each language when it is first asked for. Throws `invalid-template` where it doesn't parse. */
export function compileTemplate(content: TemplateContent): CompiledTemplate {
  const compiled = new Map<string, CompiledTemplate>();
  const inLanguageOf = (context: RenderContext): CompiledTemplate => {
    const [locale, parts] = partsFor(content, context.locale);
    const language = compiled.get(locale) ?? compileParts(content, parts, locale);
    compiled.set(locale, language);
    return language;
  };
  return {
    render: (data, context) => inLanguageOf(context).render(data, context),
    preheader: (data, context) => inLanguageOf(context).preheader(data, context),
  };
}

function compileParts(content: TemplateContent, parts: TemplateParts, partsLocale: string): CompiledTemplate {
  const plain = engine(content.partials.text, true);
  const sources = htmlSources(content, parts);
  const styled = engine(sources.partials, false);
  const subject = compilePart(plain, parts.subject, 'subject', true);
  const preheader = compilePart(plain, parts.preheader ?? '', 'preheader', true);
  const html = compilePart(styled, sources.html, 'html', false);
  const text =
    parts.text === undefined ? null : compilePart(plain, wrap(content.layout.text, parts.text), 'text', true);
  // Numbers and dates are written for the recipient; `lang` tells the language that the words are in.
  const language = partsLocale === 'default' ? (content.brand.language ?? 'en') : partsLocale;

  const frameOf = ({ locale, unsubscribe, preferences = null }: RenderContext) => {
    const links = { unsubscribe, ...(preferences !== null && { preferences }) };
    return { brand: content.brand, locale: locale ?? language, language, ...links };
  };
  const preheaderOf = (data: Record<string, unknown>, context: RenderContext) =>
    singleLine(preheader(data, { data: frameOf(context) }));

  return {
    preheader: preheaderOf,
    render(data, context) {
      const runtime = { data: { ...frameOf(context), preheader: preheaderOf(data, context) } };
      const renderedHtml = html(data, runtime);
      return {
        subject: singleLine(subject(data, runtime)),
        html: renderedHtml,
        text: text ? tidyText(text(data, runtime)) : textFromHtml(renderedHtml),
      };
    },
  };
}

/** The HTML of one language as it is compiled: in its layout, with its styles on the elements; and its partials likewise. */
export function htmlSources(
  content: TemplateContent,
  parts: TemplateParts,
): { html: string; partials: Record<string, string> } {
  const partials = Object.entries(content.partials.html).map(([name, html]) => [
    name,
    inlined(html, name, content),
  ]);
  return {
    html: inlined(wrap(content.layout.html, parts.html), 'html', content),
    partials: Object.fromEntries(partials),
  };
}

function engine(partials: Record<string, string>, noEscape: boolean): typeof Handlebars {
  const own = Handlebars.create();
  own.registerHelper({ ...helperFunctions, [noText]: () => '' });
  for (const [name, source] of Object.entries(partials))
    own.registerPartial(name, own.compile(parse(source, name), optionsFor(noEscape)));
  return own;
}

// The engine's default too, but said aloud it is kept without a warning on the console.
const noPrototypes = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

function compilePart(own: typeof Handlebars, source: string, part: string, noEscape: boolean): Part {
  const template = own.compile<Record<string, unknown>>(parse(source, part), optionsFor(noEscape));
  return (data, runtime) => {
    try {
      return template(data, { ...runtime, ...noPrototypes });
    } catch (error) {
      throw new MailError(
        'invalid-template',
        `The ${part} part cannot be rendered: ${(error as Error).message}`,
        part,
      );
    }
  };
}

// Strict: a variable the data doesn't have is an error, not a gap in somebody's mail. Only known helpers can be
// called, and the engine's default denies prototypes, so a template reaches its data and nothing else.
function optionsFor(noEscape: boolean): CompileOptions {
  const names = [...Object.keys(helperFunctions), noText];
  // The engine brings one along that prints to this process's console.
  const knownHelpers = { ...Object.fromEntries(names.map(name => [name, true])), log: false };
  return { strict: true, noEscape, knownHelpersOnly: true, knownHelpers };
}

function parse(source: string, part: string): hbs.AST.Program {
  assertWithinBounds(source, part);
  try {
    const program = Handlebars.parse(source);
    new TextFirst().accept(program);
    return program;
  } catch (error) {
    throw new MailError(
      'invalid-template',
      `The ${part} part does not parse: ${(error as Error).message}`,
      part,
    );
  }
}

// The inliner goes through all of it, mustaches too, and knows no bounds of its own.
function inlined(source: string, part: string, content: TemplateContent): string {
  assertWithinBounds(source, part);
  return inlineCss(source, content);
}

function assertWithinBounds(source: string, part: string): void {
  const excess = excessOf(source);
  if (excess) throw new MailError('invalid-template', `The ${part} part ${excess.problem}.`, part);
}

// Handlebars joins unescaped values by a bare `+`, so `{{a}}{{b}}` of 1 and 2 would read 3. With a text in front of
// them, even an empty one, they are joined as texts.
class TextFirst extends Handlebars.Visitor {
  override Program(program: hbs.AST.Program): void {
    super.Program(program);
    // What a block gives is a text already, and `{{else if}}` has to stay the first of its program.
    if (program.body[0]?.type !== 'BlockStatement')
      program.body.unshift(...Handlebars.parse(`{{${noText}}}`).body);
  }
}
const noText = 'no-text';

// The part is put into its layout as text, so that styles meet the elements they are written for.
function wrap(layout: string, part: string): string {
  return layout.replace(/\{\{>\s*content\s*\}\}/, () => part);
}

function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function tidyText(text: string): string {
  return `${text
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

/** The text of a mail whose author wrote HTML alone. */
export function textFromHtml(html: string): string {
  return tidyText(
    convert(html, {
      wordwrap: 78,
      selectors: [
        { selector: 'img', format: 'skip' },
        { selector: '.preheader', format: 'skip' },
        { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
        ...['h1', 'h2', 'h3'].map(selector => ({ selector, options: { uppercase: false } })),
      ],
    }),
  );
}
