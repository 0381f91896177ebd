import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { type ComposedContent, preferencesMark, unsubscribeMark } from '../messages/composed.ts';
import type { Brand } from '../routing/brands.ts';
import { categoryPolicy } from '../routing/policy.ts';
import { type Issue, issueText, textFromHtml } from '../templates/index.ts';
import { checkLinks } from './composed-links.ts';
import type { ComposedRequest } from './composed-request.ts';
import type { SendRequest } from './request.ts';

// Beyond these a mail would hold up the process that accepts it; clients cut off long before.
const mostWrapped = 256 * 1024;
const mostConverted = 1024 * 1024;

/**
 * Mail that its caller composed, as it is stored and will go out: checked, with a text, in its layout, and with a link
 * to unsubscribe where its category is bulk. Throws a MailError that names the field.
 */
export async function composeMail(
  context: MailContext,
  request: SendRequest,
  brand: Brand,
  composed: ComposedRequest,
): Promise<ComposedContent> {
  const { lane } = categoryPolicy(context.policy, composed.category);
  const marked = withMarks(context, composed);
  checkLinks(marked.html, { strict: composed.checkLinks });
  const content = withText(marked);
  const whole =
    composed.layout === null ? content : await inLayout(context, content, request, brand, composed.layout);
  return lane === 'bulk' ? withUnsubscribe(whole) : whole;
}

/** Every way to write where the recipient's links go, as the one that is stored. */
function withMarks(
  { providers, links }: MailContext,
  { subject, html, text }: ComposedRequest,
): ComposedContent {
  const placeholder = providers.unsubscribePlaceholder();
  const mark = (part: string) => {
    const own = placeholder.length > 3 ? part.replaceAll(placeholder, unsubscribeMark) : part;
    return own
      .replace(/\{\{\{?\s*@?unsubscribe\s*\}?\}\}/g, unsubscribeMark)
      .replace(/\{\{\{\s*@preferences\s*\}\}\}/g, preferencesMark);
  };
  const marked = { subject, html: mark(html ?? ''), text: mark(text ?? '') };
  const part = (['html', 'text'] as const).find(name => marked[name].includes(preferencesMark));
  if (part && links.publicUrl === null) throw noPreferences(part);
  return marked;
}

function withText({ subject, html, text }: ComposedContent): ComposedContent {
  if (text !== '') return { subject, html, text };
  if (html.length > mostConverted)
    throw new MailError('too-large', 'html is larger than 1 MB: give text as well.', 'text');
  return { subject, html, text: textFromHtml(html) };
}

async function inLayout(
  { frames, links }: MailContext,
  { subject, html, text }: ComposedContent,
  { locale, confidential }: SendRequest,
  { values }: Brand,
  layout: string,
): Promise<ComposedContent> {
  if (/<(html|body)[\s>]/i.test(html)) {
    throw new MailError(
      'invalid-input',
      'html is a whole document already: give what goes into the layout, or no layout.',
      'html',
    );
  }
  if (html.length > mostWrapped)
    throw new MailError('too-large', 'html in a layout may have 256 kB.', 'html');
  const frame = await frames(layout, values);
  const leak = confidential ? frame.leak() : null;
  if (leak) throw leaking(layout, leak);
  const content = { subject, html: html === '' ? paragraphs(text) : html, text };
  const preferences = links.publicUrl === null ? null : preferencesMark;
  return { ...frame.wrap(content, { locale, unsubscribe: unsubscribeMark, preferences }), subject };
}

function noPreferences(part: 'html' | 'text'): MailError {
  const text = `${part} has a link to preferences, and nobody said where recipients reach us: set publicUrl.`;
  return new MailError('invalid-input', text, part);
}

function leaking(layout: string, leak: Issue): MailError {
  const text = `The layout ${layout} cannot be used for confidential mail: ${issueText(leak)}`;
  return new MailError('invalid-template', text, 'layout');
}

function paragraphs(text: string): string {
  const lines = (part: string) => escapeHtml(part).replaceAll('\n', '<br>\n');
  return text
    .trim()
    .split(/\n{2,}/)
    .map(part => `<p>${lines(part)}</p>`)
    .join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
}

function withUnsubscribe({ subject, html, text }: ComposedContent): ComposedContent {
  return {
    subject,
    html: html === '' || html.includes(unsubscribeMark) ? html : withFooter(html),
    text: text.includes(unsubscribeMark)
      ? text
      : `${text.trimEnd()}\n\n--\nUnsubscribe: ${unsubscribeMark}\n`,
  };
}

const footer = `<p style="margin:24px 0 0;font-size:12px;line-height:18px;color:#565d66;"><a href="${unsubscribeMark}" style="color:#565d66;">Unsubscribe</a></p>`;

function withFooter(html: string): string {
  const end = html.toLowerCase().lastIndexOf('</body');
  return end < 0 ? `${html}\n${footer}\n` : `${html.slice(0, end)}${footer}\n${html.slice(end)}`;
}
