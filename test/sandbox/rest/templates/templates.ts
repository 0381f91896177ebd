import type { Provider } from '../../state/provider.ts';
import type { Template, TemplateStore } from '../../store/templates.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { asOption, Fields, isObject } from '../fields.ts';
import { cut, readPage } from '../query.ts';
import type { Call } from '../routes.ts';
import { readTemplate, templateFault } from './template-fields.ts';

const MOST_TEMPLATES = 100;

/** `GET /templates`: the ones not deleted. */
export function list(provider: Provider, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(1100, page);
  const type = asOption(['All', 'Standard', 'Layout'], query.text('TemplateType') ?? 'All');
  if (!type) return refuse(1100, "The 'TemplateType' parameter must be All, Standard or Layout.");
  const layout = query.text('LayoutTemplate')?.toLowerCase();
  const found = provider.templates
    .list()
    .filter(template => type === 'All' || template.type === type)
    .filter(template => layout === undefined || template.layout?.toLowerCase() === layout);
  return ok({ TotalCount: found.length, Templates: cut(found, page).map(showRow) });
}

/** `GET /templates/{idOrAlias}`; a deleted one is found by its id. */
export function one(provider: Provider, { params }: Call): Answer {
  const template = provider.templates.get(params[0] ?? '');
  if (!template) return templateNotFound(params[0]);
  const { subject, html, text, active } = template;
  return ok({
    ...showRow(template),
    Subject: template.type === 'Layout' ? null : subject,
    HtmlBody: html || null,
    TextBody: text || null,
    Active: active,
    AssociatedServerId: provider.server.ID,
  });
}

/** `POST /templates` */
export function create(provider: Provider, { body }: Call): Answer {
  if (!isObject(body) || Object.keys(body).length === 0) return noData();
  const fields = new Fields(body);
  const type = asOption(['Standard', 'Layout'], fields.text('TemplateType') ?? 'Standard');
  if (!type) return refuse(1122, "The 'TemplateType' must be Standard or Layout.");
  const blank = { type, name: '', alias: null, subject: '', html: '', text: '', layout: null };
  const wanted = readTemplate(fields, blank);
  const fault = fields.fault ?? templateFault(provider.templates, wanted, null);
  if (fault) return fault;
  if (provider.templates.list().length >= MOST_TEMPLATES) {
    return refuse(1105, `A server may have no more than ${MOST_TEMPLATES} templates.`);
  }
  return ok(showRow(provider.templates.add(wanted)));
}

/** `PUT /templates/{idOrAlias}`: what is not named stays. */
export function edit(provider: Provider, { params, body }: Call): Answer {
  const template = findActive(provider.templates, params[0]);
  if (!template) return templateNotFound(params[0]);
  if (!isObject(body) || Object.keys(body).length === 0) return noData();
  const fields = new Fields(body);
  const type = fields.text('TemplateType') ?? template.type;
  if (type.toLowerCase() !== template.type.toLowerCase()) {
    return refuse(1122, "The 'TemplateType' of a template cannot be changed.");
  }
  const wanted = readTemplate(fields, template);
  const fault = fields.fault ?? templateFault(provider.templates, wanted, template);
  if (fault) return fault;
  if (
    template.alias !== null &&
    wanted.alias !== template.alias &&
    layoutUsers(provider, template).length > 0
  ) {
    return inUse();
  }
  return ok(showRow(Object.assign(template, wanted)));
}

/** `DELETE /templates/{idOrAlias}`: it can still be read by its id. */
export function remove(provider: Provider, { params }: Call): Answer {
  const template = findActive(provider.templates, params[0]);
  if (!template) return templateNotFound(params[0]);
  if (layoutUsers(provider, template).length > 0) return inUse();
  template.active = false;
  return ok({ ErrorCode: 0, Message: `Template ${template.id} removed.` });
}

/** Code 1101, in the words for an id or for an alias. */
export function templateNotFound(idOrAlias: string | number = ''): Answer {
  const field = /^\d+$/.test(String(idOrAlias)) ? 'TemplateId' : 'Alias';
  return refuse(
    1101,
    `The Template's '${field}' associated with this request is not valid or was not found.`,
  );
}

function findActive(templates: TemplateStore, idOrAlias = ''): Template | undefined {
  const template = templates.get(idOrAlias);
  return template?.active ? template : undefined;
}

function layoutUsers(provider: Provider, { alias }: Template): Template[] {
  return alias === null ? [] : provider.templates.list().filter(({ layout }) => layout === alias);
}

function inUse(): Answer {
  return refuse(1130, 'This layout cannot be changed in this way while templates use it.');
}

function noData(): Answer {
  return refuse(1109, 'No template data was submitted.');
}

function showRow(template: Template): Record<string, unknown> {
  return {
    TemplateId: template.id,
    Name: template.name,
    Active: template.active,
    Alias: template.alias,
    TemplateType: template.type,
    LayoutTemplate: template.layout,
  };
}
