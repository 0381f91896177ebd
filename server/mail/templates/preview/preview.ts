import { formatMailbox, type Mailbox } from '../../providers/transport.ts';
import { shownLinks } from '../../routing/mail-links.ts';
import { senderOf } from '../../routing/policy.ts';
import { addressKey } from '../../shared/address.ts';
import type { TemplatesContext } from '../context.ts';
import type { Issue } from '../issue.ts';
import type { Rendered } from '../language/render.ts';
import { partsFor, type TemplateContent } from '../language/template.ts';
import { checkTemplate } from './check-template.ts';
import type { RenderIssue } from './outcome.ts';
import { chooseData, type DataChoice } from './preview-data.ts';
import { workLimits } from './render-pool.ts';
import type { RenderedMail } from './tasks/render.ts';

/** How to show a template. */
export interface PreviewOptions extends DataChoice {
  /** Null or absent: that of the data. */
  locale?: string | null;
  /** Put over the data, field by field. */
  overrides?: Record<string, unknown>;
  /** False leaves `issues` empty and saves the time. Default true. */
  issues?: boolean;
  /** Ends the work when nobody waits for it any more. */
  signal?: AbortSignal;
}

/** A template as one recipient would get it. Its parts are empty where there is a problem. */
export interface Preview extends Rendered {
  preheader: string;
  from: Mailbox;
  /** As they would be sent, in order; the provider adds its own. */
  headers: { name: string; value: string }[];
  /** In bytes; `mime` is the whole message as it travels. */
  sizes: { html: number; text: number; mime: number };
  /** Whose words were used: a locale of the template, or `default`. */
  words: string;
  locale: string | null;
  /** What it was rendered with. */
  data: Record<string, unknown>;
  problem: RenderIssue | null;
  issues: Issue[];
}

/** Shows content with some data. Throws `invalid-input` when that data is not there. */
export async function preview(
  context: TemplatesContext,
  content: TemplateContent,
  options: PreviewOptions = {},
): Promise<Preview> {
  const { overrides = {}, issues: wantsIssues = true, signal } = options;
  const chosen = await chooseData(context, content, options);
  const data = putOver(chosen.data, overrides);
  const locale = options.locale ?? chosen.locale;
  const from = senderOf(context.policy, content.category);
  const to = { email: addressKey((options.recipient ?? 'recipient@example.com').trim()) };
  const { partBytes } = workLimits;
  const job = { content, data, locale, ...shownLinks(context), partBytes, from, to };
  const [outcome, issues] = await Promise.all([
    context.renderPool.run('preview', job, { signal }),
    wantsIssues ? checkTemplate(context, content, { signal }) : [],
  ]);
  const { mail, mimeBytes } = outcome.ok ? outcome.value : { mail: nothing, mimeBytes: 0 };
  return {
    ...mail,
    from,
    headers: headersOf(from, to, mail.subject),
    sizes: { html: Buffer.byteLength(mail.html), text: Buffer.byteLength(mail.text), mime: mimeBytes },
    words: partsFor(content, locale)[0],
    locale,
    data,
    problem: outcome.ok ? null : outcome.problem,
    issues,
  };
}

const nothing: RenderedMail = { subject: '', preheader: '', html: '', text: '' };

function headersOf(from: Mailbox, to: Mailbox, subject: string): Preview['headers'] {
  return [
    { name: 'From', value: formatMailbox(from) },
    { name: 'To', value: to.email },
    { name: 'Subject', value: subject },
    { name: 'Content-Type', value: 'multipart/alternative: text/plain, text/html' },
  ];
}

function putOver(data: Record<string, unknown>, overrides: Record<string, unknown>): Record<string, unknown> {
  const merged = new Map(Object.entries(data));
  for (const [name, value] of Object.entries(overrides)) {
    const under = merged.get(name);
    merged.set(name, isObject(under) && isObject(value) ? putOver(under, value) : value);
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
