import juice from 'juice';
import { type Parsed, parse } from '../mustachio/parse.ts';
import { render } from '../mustachio/render.ts';
import type { Template, TemplateStore } from '../store/templates.ts';

/** The texts of a mail. */
export interface Bodies {
  subject: string;
  html: string;
  text: string;
}

/**
 * Fills a template, in its layout when it has one. Only HTML is escaped; whether Postmark escapes elsewhere is not
 * documented. Throws a RenderFault when the model does not fit.
 */
export function fill(
  templates: TemplateStore,
  template: Pick<Template, 'subject' | 'html' | 'text' | 'layout'>,
  model: unknown,
  inlineCss: boolean,
): Bodies {
  const layout = template.layout === null ? undefined : templates.get(template.layout);
  const html = fillPart(template.html, layout?.html, model, true);
  return {
    subject: fillText(template.subject, model),
    html: inlineCss && html.includes('<style') ? juice(html) : html,
    text: fillPart(template.text, layout?.text, model, false),
  };
}

/** Fills a text that is no HTML. */
export function fillText(source: string, model: unknown): string {
  return fillPart(source, undefined, model, false);
}

/** Fills one part; a layout without that part leaves the content as it is. */
function fillPart(source: string, layout: string | undefined, model: unknown, isHtml: boolean): string {
  const content = parsed(source).nodes;
  if (source === '' || !layout) return render(content, model, { escape: isHtml });
  return render(parsed(layout).nodes, model, { escape: isHtml, content });
}

const MOST_PARSED = 200;
const known = new Map<string, Parsed>();

/** Parses each source once, as batches and campaigns use the same over and over. */
function parsed(source: string): Parsed {
  const found = known.get(source);
  if (found) return found;
  if (known.size >= MOST_PARSED) known.clear();
  const fresh = parse(source);
  known.set(source, fresh);
  return fresh;
}
