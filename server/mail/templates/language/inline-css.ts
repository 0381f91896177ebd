import juice from 'juice';
import { styleElements, withStyles } from './style-elements.ts';
import type { TemplateContent } from './template.ts';

/**
 * Moves the layout's style rules onto the elements of a document or fragment. It works on the template's source,
 * so it is paid once per version and not once per message. Media queries stay in the document's style element.
 */
export function inlineCss(html: string, content: TemplateContent): string {
  const css = styleText(content);
  const withBrand = withStyles(html, style => brandIn(style, content));
  return /<html[\s>]/i.test(html) ? juice(withBrand, options) : juice.inlineContent(withBrand, css, options);
}

// Providers, and many clients, strip nothing that juice leaves; widths as attributes help Outlook.
const options: juice.Options = {
  preserveMediaQueries: true,
  preserveFontFaces: true,
  applyWidthAttributes: true,
  applyAttributesTableElements: true,
};

function styleText(content: TemplateContent): string {
  const styles = styleElements(content.layout.html);
  return brandIn(styles.map(({ css }) => css).join('\n'), content);
}

// Inside a style sheet a mustache is a syntax error; the brand is fixed for a version, so it can be put in now.
function brandIn(css: string, content: TemplateContent): string {
  return css.replace(/\{\{\s*@brand\.(\w+)\s*\}\}/g, (_, key: string) => content.brand[key] ?? '');
}
