import { type Bodies, fill } from '../../content/fill-template.ts';
import { namedBounceType } from '../../delivery/bounce-types.ts';
import { bounced } from '../../delivery/events.ts';
import { acceptRefused, type Submission } from '../../messages/accept.ts';
import { accountFault, type RuleFault } from '../../messages/rules.ts';
import { RenderFault } from '../../mustachio/render.ts';
import type { Provider } from '../../state/provider.ts';
import type { CapturedMessage } from '../../store/messages.ts';
import type { Template } from '../../store/templates.ts';
import { Fields, isObject, wrongFields } from '../fields.ts';
import { type EmailCheck, envelopeFault, refused, sizeFault, toSubmission } from './email-checks.ts';
import { readFields } from './email-fields.ts';

/** The templated part of a send request. */
export interface TemplateUse {
  id: number | undefined;
  alias: string | undefined;
  model: Record<string, unknown> | undefined;
  inlineCss: boolean;
}

/** Checks one message whose text comes from a template. Under the test token no template is looked at. */
export function checkTemplated(provider: Provider, item: unknown, isTest: boolean): EmailCheck {
  const fields = readFields(item);
  if (Array.isArray(fields)) return refused({ code: 403, message: wrongFields(fields) });
  const given = new Fields(isObject(item) ? item : {});
  const use = readTemplateUse(given);
  if (given.wrong.length > 0) return refused({ code: 403, message: wrongFields(given.wrong) });
  const submission = toSubmission(provider, fields);
  const fault =
    envelopeFault(provider, fields, submission, isTest) ?? mixedFault(given) ?? modelFault(use.model);
  if (fault) return refused(fault);
  const template = isTest ? null : findTemplate(provider, use);
  if (template && 'code' in template) return refused(template);
  const bodies = template ? tryFill(provider, template, use) : { subject: '', html: '', text: '' };
  const isFine = typeof bodies !== 'string';
  const filled = withBodies(submission, isFine ? bodies : { subject: '', html: '', text: '' });
  const sizes = { ...fields, HtmlBody: isFine ? bodies.html : '', TextBody: isFine ? bodies.text : '' };
  const notTaken = sizeFault(sizes, filled) ?? (isTest ? null : accountFault(provider, filled));
  if (notTaken) return refused(notTaken);
  const result = { submission: filled, echo: fields.To };
  return isFine ? { kind: 'fine', ...result } : { kind: 'unrenderable', ...result, reason: bodies };
}

export function readTemplateUse(given: Fields): TemplateUse {
  return {
    id: given.integer('TemplateId'),
    alias: given.text('TemplateAlias'),
    model: given.object('TemplateModel'),
    inlineCss: given.flag('InlineCss') ?? true,
  };
}

/** The template meant; the id counts when both are given. A layout cannot be sent by itself. */
export function findTemplate(provider: Provider, { id, alias }: TemplateUse): Template | RuleFault {
  const template = provider.templates.get(id ?? alias ?? '');
  if (template?.active && template.type === 'Standard') return template;
  const field = id === undefined ? 'Alias' : 'TemplateId';
  const message = `The Template's '${field}' associated with this request is not valid or was not found.`;
  return { code: 1101, message };
}

/** A filled template, or what was wrong with the model. */
export function tryFill(provider: Provider, template: Template, use: TemplateUse): Bodies | string {
  try {
    return fill(provider.templates, template, use.model ?? {}, use.inlineCss);
  } catch (error) {
    if (error instanceof RenderFault) return error.message;
    throw error;
  }
}

export function withBodies(submission: Submission, { subject, html, text }: Bodies): Submission {
  const { source } = submission;
  return { ...submission, subject, source: source.kind === 'fields' ? { ...source, html, text } : source };
}

/**
 * Takes a message that cannot be rendered: it comes back as a bounce of its own type, as that is what the type is
 * for. What the send call itself answers is not documented.
 */
export function acceptUnrenderable(
  provider: Provider,
  submission: Submission,
  reason: string,
): CapturedMessage {
  const message = acceptRefused(provider, submission);
  const type = namedBounceType('TemplateRenderingFailed');
  for (const email of message.recipients) bounced(provider, message, email, type, reason);
  return message;
}

function mixedFault(given: Fields): RuleFault | null {
  const mixed = ['Subject', 'HtmlBody', 'TextBody'].find(name => given.text(name) !== undefined);
  return mixed ? { code: 1123, message: `The field '${mixed}' cannot be combined with a template.` } : null;
}

function modelFault(model: TemplateUse['model']): RuleFault | null {
  if (!model) return { code: 1120, message: "The 'TemplateModel' is required." };
  const reserved = Object.keys(model).find(key => key.startsWith('@') || key.startsWith('pm:'));
  return reserved === undefined
    ? null
    : { code: 1122, message: `The key '${reserved}' of the 'TemplateModel' is reserved.` };
}
