import type { TemplateContent, TemplateParts } from '../../server/mail/templates/language/template.ts';

/** What a test says about a template; the rest is the plainest that works. */
export type ContentInput = Partial<Omit<TemplateContent, 'partials' | 'layout' | 'locales'>> &
  Partial<TemplateParts> & {
    partials?: Partial<TemplateContent['partials']>;
    layout?: Partial<TemplateContent['layout']>;
    /** Further languages beside the default, which is made of the parts given directly. */
    locales?: Record<string, TemplateParts>;
  };

/** The content of a version: bare layouts, no partials, a contract without fields. */
export function templateContent(input: ContentInput = {}): TemplateContent {
  const { subject = 'Subject', html = '<p>Hello</p>', preheader, text, ...rest } = input;
  const parts: TemplateParts = {
    subject,
    html,
    ...(preheader === undefined ? {} : { preheader }),
    ...(text === undefined ? {} : { text }),
  };
  return {
    key: 'sample',
    category: 'order',
    description: '',
    contract: {},
    sample: {},
    brand: { name: 'Alder & Finch' },
    ...rest,
    locales: { ...rest.locales, default: parts },
    layout: { html: '{{> content}}', text: '{{> content}}', ...rest.layout },
    partials: { html: {}, text: {}, ...rest.partials },
  };
}
