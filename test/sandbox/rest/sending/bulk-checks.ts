import { fill } from '../../content/fill-template.ts';
import type { Submission } from '../../messages/accept.ts';
import * as rules from '../../messages/rules.ts';
import { RenderFault } from '../../mustachio/render.ts';
import type { Provider } from '../../state/provider.ts';
import type { Template } from '../../store/templates.ts';
import { type Answer, refusal, refuse } from '../answer.ts';
import { Fields, isObject, wrongFields } from '../fields.ts';
import { streamNotFound } from '../messages/streams.ts';
import {
  bodyFault,
  fromFault,
  headersFault,
  recipientsFault,
  sizeFault,
  toSubmission,
} from './email-checks.ts';
import { type EmailFields, readFields } from './email-fields.ts';
import { findTemplate, readTemplateUse, type TemplateUse, withBodies } from './templated-email.ts';

/** Makes one message when its turn comes; null when its model does not fit. */
export type BulkMessage = () => Submission | null;

export type BulkCheck =
  | { kind: 'refused'; answer: Answer }
  | { kind: 'fine'; messages: BulkMessage[]; subject: string };

/** A fault and the field it lies in; how Postmark names the fields of a message is not documented. */
type FieldFault = rules.RuleFault & { field: string };

/** The texts all messages share. */
type Content = Pick<Template, 'subject' | 'html' | 'text' | 'layout'>;

/** Checks a bulk request with all its messages. One fault is answered as itself, several as code 11 with a list. */
export function checkBulk(provider: Provider, body: unknown): BulkCheck {
  const raw = isObject(body) ? body : {};
  const request = { ...raw, MessageStream: raw.MessageStream ?? 'broadcast' };
  const given = new Fields(raw);
  const use = readTemplateUse(given);
  const items = given.list('Messages', item => (isObject(item) ? item : null)) ?? [];
  const common = readFields(request);
  const wrong = [...given.wrong, ...(Array.isArray(common) ? common : [])];
  if (wrong.length > 0 || Array.isArray(common)) return refused(wrong.map(wrongField));
  const { stream } = toSubmission(provider, common);
  if (!provider.streams.get(stream)) return { kind: 'refused', answer: streamNotFound() };
  const content = findContent(provider, common, use);
  const faults = requestFaults(provider, common, content, items.length);
  const messages = items.map((item, index) => readMessage(provider, request, item, `Messages[${index}]`));
  const allFaults = [...faults, ...messages.flatMap(message => ('faults' in message ? message.faults : []))];
  if (allFaults.length > 0 || 'code' in content) return refused(allFaults);
  return {
    kind: 'fine',
    subject: content.subject,
    messages: messages.flatMap(message =>
      'faults' in message ? [] : [() => make(provider, message, content, use.inlineCss)],
    ),
  };
}

/** The texts of the request itself, or of its template. */
function findContent(provider: Provider, common: EmailFields, use: TemplateUse): Content | rules.RuleFault {
  if (use.id !== undefined || use.alias !== undefined) return findTemplate(provider, use);
  const { Subject: subject = '', HtmlBody: html = '', TextBody: text = '' } = common;
  return bodyFault(common) ?? { subject, html, text, layout: null };
}

function requestFaults(
  provider: Provider,
  common: EmailFields,
  content: Content | rules.RuleFault,
  count: number,
): FieldFault[] {
  const shared = toSubmission(provider, common);
  const found: [string, rules.RuleFault | null][] = [
    ['MessageStream', rules.streamFault(provider, shared.stream)],
    ['From', fromFault(common, shared) ?? rules.signatureFault(provider, shared.from)],
    ['HtmlBody', 'code' in content ? content : sizeFault(common, shared)],
    ['Messages', count === 0 ? rules.invalid('Zero recipients specified') : null],
  ];
  return found.flatMap(([field, fault]) => (fault ? [{ ...fault, field }] : []));
}

interface ReadMessage {
  fields: EmailFields;
  model: Record<string, unknown>;
}

/** One message over what the request says for all; its own metadata and headers win. */
function readMessage(
  provider: Provider,
  request: Record<string, unknown>,
  item: Record<string, unknown>,
  place: string,
): ReadMessage | { faults: FieldFault[] } {
  const { To, Cc, Bcc, Metadata, Headers, TemplateModel = {} } = item;
  const fields = readFields({
    ...request,
    ...{ To, Cc, Bcc },
    Metadata:
      isObject(Metadata) && isObject(request.Metadata)
        ? { ...request.Metadata, ...Metadata }
        : (Metadata ?? request.Metadata),
    Headers: mergeHeaders(request.Headers, Headers),
  });
  if (Array.isArray(fields)) return { faults: fields.map(name => wrongField(`${place}.${name}`)) };
  if (!isObject(TemplateModel)) return { faults: [wrongField(`${place}.TemplateModel`)] };
  const submission = toSubmission(provider, fields);
  const found: [string, rules.RuleFault | null][] = [
    ['To', recipientsFault(submission, 'each') ?? rules.accountFault(provider, submission)],
    ['Metadata', rules.metadataFault(submission.metadata)],
    ['Headers', headersFault(fields)],
  ];
  const faults = found.flatMap(([name, fault]) => (fault ? [{ ...fault, field: `${place}.${name}` }] : []));
  return faults.length > 0 ? { faults } : { fields, model: TemplateModel };
}

function mergeHeaders(common: unknown, own: unknown): unknown {
  if (!Array.isArray(common) || !Array.isArray(own)) return own ?? common;
  const names = own.map(nameOf);
  return [...common.filter(header => !names.includes(nameOf(header))), ...own];
}

function nameOf(header: unknown): string {
  return isObject(header) ? String(header.Name).toLowerCase() : '';
}

function make(provider: Provider, { fields, model }: ReadMessage, content: Content, inlineCss: boolean) {
  try {
    const bodies = fill(provider.templates, content, model, inlineCss);
    return withBodies(toSubmission(provider, fields), bodies);
  } catch (error) {
    if (error instanceof RenderFault) return null;
    throw error;
  }
}

function wrongField(field: string): FieldFault {
  return { field, code: 403, message: wrongFields([field]) };
}

function refused(faults: readonly FieldFault[]): BulkCheck {
  const [first] = faults;
  if (first && faults.length === 1) return { kind: 'refused', answer: refuse(first.code, first.message) };
  const Errors: Record<string, unknown[]> = {};
  for (const { field, code, message } of faults) {
    Errors[field] = [...(Errors[field] ?? []), refusal(code, message)];
  }
  const text = 'The request has several errors.';
  return { kind: 'refused', answer: { status: 422, body: { ...refusal(11, text), Errors } } };
}
