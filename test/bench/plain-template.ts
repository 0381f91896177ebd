import Handlebars from 'handlebars';
import { demoTemplates } from '../../server/demo/templates.ts';
import { unsubscribePlaceholder } from '../../server/mail/providers/postmark/index.ts';
import { readTemplateFiles } from '../../server/mail/templates/authoring/read-files.ts';
import { helperFunctions } from '../../server/mail/templates/language/helpers.ts';
import { inlineCss } from '../../server/mail/templates/language/inline-css.ts';
import type { Rendered } from '../../server/mail/templates/language/render.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';

/** A template as somebody without Postlane would compile it once and use it in a loop. */
export interface PlainTemplate {
  sample: Record<string, unknown>;
  render(data: Record<string, unknown>): Rendered;
}

/** Compiles the final source of one of our templates with Handlebars and nothing else. */
export async function plainTemplate(key: string): Promise<PlainTemplate> {
  const content = (await readTemplateFiles(demoTemplates)).find(one => one.key === key);
  if (!content) throw new Error(`There is no template ${key}.`);
  const { layout, partials, brand, sample } = content;
  const parts = content.locales.default;
  const styled = engine(inlined(partials.html, content));
  const plain = engine(partials.text);
  const html = styled.compile(inlineCss(inLayout(layout.html, parts.html), content));
  const [subject, preheader, text] = [
    parts.subject,
    parts.preheader ?? '',
    inLayout(layout.text, parts.text ?? ''),
  ].map(source => plain.compile(source, { noEscape: true }));
  const frame = { brand, locale: 'en', language: 'en', unsubscribe: unsubscribePlaceholder };
  return {
    sample,
    render(data) {
      const runtime = { data: { ...frame, preheader: preheader?.(data, { data: frame }).trim() } };
      return {
        subject: subject?.(data, runtime).trim() ?? '',
        html: html(data, runtime),
        text: text?.(data, runtime) ?? '',
      };
    },
  };
}

/** Throws unless both say the same, white space at the ends of the text's lines aside. */
export function expectSameContent(ours: Rendered | null, bare: Rendered): void {
  const tidy = (text: string) => text.replace(/\s+/g, ' ').trim();
  const differing = (['subject', 'html', 'text'] as const).filter(part => {
    const [one, other] = [ours?.[part] ?? '', bare[part]];
    return part === 'html' ? one !== other : tidy(one) !== tidy(other);
  });
  if (differing.length > 0) throw new Error(`The two sides differ in: ${differing.join(', ')}.`);
}

function engine(partials: Record<string, string>): typeof Handlebars {
  const own = Handlebars.create();
  own.registerHelper(helperFunctions);
  own.registerPartial(partials);
  return own;
}

function inlined(partials: Record<string, string>, content: TemplateContent): Record<string, string> {
  return Object.fromEntries(Object.entries(partials).map(([name, html]) => [name, inlineCss(html, content)]));
}

function inLayout(layout: string, part: string): string {
  return layout.replace(/\{\{>\s*content\s*\}\}/, () => part);
}
