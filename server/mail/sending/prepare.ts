import type { MailContext } from '../context.ts';
import type { MessageContent } from '../messages/load-store.ts';
import type { Brand } from '../routing/brands.ts';
import { shownLinks } from '../routing/mail-links.ts';
import { composeMail } from './composed.ts';
import { checkSize } from './limits.ts';
import type { SendRequest } from './request.ts';

/** What a request says and what it is sent as, checked. */
export interface Prepared {
  category: string;
  /** Null for composed mail. */
  templateVersionId: number | null;
  confidential: boolean;
  /** Null when it is confidential. */
  subject: string | null;
  content: Pick<MessageContent, 'data' | 'composed'>;
}

/** Checks what a request says: its data against the template's contract, or what it composed itself. */
export function prepare(context: MailContext, request: SendRequest, brand: Brand): Promise<Prepared> {
  return request.composed === null
    ? fromTemplate(context, request, brand)
    : composedByCaller(context, request, brand, request.composed);
}

async function fromTemplate(context: MailContext, request: SendRequest, brand: Brand): Promise<Prepared> {
  const template = await context.templates.published(request.template, brand);
  const data = template.check(request.data);
  // Rendering here costs a fraction of a millisecond and turns a template's fault into the caller's error.
  const rendered = template.render(data, { locale: request.locale, ...shownLinks(context) });
  checkWholeSize(context, request, rendered);
  const { category, confidential = false } = template.content;
  return {
    category,
    templateVersionId: template.id,
    confidential: request.confidential,
    subject: confidential || request.confidential ? null : rendered.subject,
    content: { data },
  };
}

async function composedByCaller(
  context: MailContext,
  request: SendRequest,
  brand: Brand,
  given: NonNullable<SendRequest['composed']>,
): Promise<Prepared> {
  const { category } = given;
  const composed = await composeMail(context, request, brand, given);
  checkWholeSize(context, request, composed);
  const { confidential } = request;
  const subject = confidential ? null : composed.subject;
  return { category, templateVersionId: null, confidential, subject, content: { data: {}, composed } };
}

function checkWholeSize(
  { providers }: MailContext,
  { attachments }: SendRequest,
  rendered: { subject: string; html: string; text: string },
): void {
  const sizes = attachments.map(({ content }) => content.length);
  checkSize(providers.limits, rendered, sizes);
}
