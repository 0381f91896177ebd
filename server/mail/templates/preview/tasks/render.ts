import { MailError } from '../../../error.ts';
import type { RenderContext, Rendered } from '../../language/render.ts';
import type { TemplateContent } from '../../language/template.ts';
import { ProblemError } from '../outcome.ts';
import { compiled } from './compiled.ts';
import { largeSources, largestSource } from './large-sources.ts';
import { renderFault } from './render-fault.ts';

/** What to render: content, the data for it, and how large a part may become, in bytes. */
export interface RenderJob extends RenderContext {
  content: TemplateContent;
  /** As a caller of `send` gives it, or as it was stored. */
  data: Record<string, unknown>;
  partBytes: number;
}

/** A rendered message with the line that inboxes show after its subject. */
export interface RenderedMail extends Rendered {
  preheader: string;
}

/** Checks the data and renders with it. Throws a MailError, or a ProblemError that tells the place. */
export function render(job: RenderJob): RenderedMail {
  checkSources(job.content);
  try {
    return renderChecked(job);
  } catch (error) {
    throw new ProblemError(renderFault(job.content, job.locale, error));
  }
}

function renderChecked({ content, data, partBytes, locale, unsubscribe }: RenderJob): RenderedMail {
  const template = compiled(content);
  const checked = template.check(withoutNulls(data));
  const context = { locale, unsubscribe };
  const rendered = {
    ...template.render(checked, context),
    preheader: template.preheader(checked, context),
  };
  for (const [part, text] of Object.entries(rendered)) checkBytes(part, text, partBytes);
  return rendered;
}

function checkSources(content: TemplateContent): void {
  const [large] = largeSources(content);
  if (!large) return;
  const message = `The source of ${large.part} is larger than ${largestSource / 1024} KB.`;
  throw new MailError('too-large', message, large.part);
}

function checkBytes(part: string, text: string, most: number): void {
  if (Buffer.byteLength(text) <= most) return;
  const size = most >= 1024 * 1024 ? `${most / 1024 / 1024} MB` : `${most} bytes`;
  throw new MailError('too-large', `The rendered ${part} is larger than ${size}.`, part);
}

/**
 * Stored data has null for whatever its caller left out. A field that the contract no longer has would be refused
 * for that null, though nobody sends it.
 */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([name, field]) => [name, withoutNulls(field)])) as T;
}
