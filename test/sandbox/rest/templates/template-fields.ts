import { parse } from '../../mustachio/parse.ts';
import type { Template, TemplateStore } from '../../store/templates.ts';
import { type Answer, refuse } from '../answer.ts';
import type { Fields } from '../fields.ts';

type Wanted = Omit<Template, 'id' | 'active'>;

/** The template that a request asks for, over what is there already. A null or empty Alias or LayoutTemplate removes it. */
export function readTemplate(fields: Fields, { type, ...base }: Wanted): Wanted {
  const removable = (name: string, before: string | null): string | null =>
    fields.has(name) ? fields.text(name) || null : before;
  return {
    type,
    name: fields.text('Name') ?? base.name,
    alias: removable('Alias', base.alias),
    subject: fields.text('Subject') ?? base.subject,
    html: fields.text('HtmlBody') ?? base.html,
    text: fields.text('TextBody') ?? base.text,
    layout: removable('LayoutTemplate', base.layout),
  };
}

/** What is wrong with a template; `own` is the one about to change, whose alias does not clash with itself. */
export function templateFault(templates: TemplateStore, wanted: Wanted, own: Template | null): Answer | null {
  return (
    requiredFault(wanted) ??
    lengthFault(wanted) ??
    aliasFault(templates, wanted, own) ??
    layoutFault(templates, wanted) ??
    slotFault(wanted) ??
    syntaxFault(wanted)
  );
}

function requiredFault({ type, name, subject, html, text }: Wanted): Answer | null {
  if (name.trim() === '') return refuse(1120, "The 'Name' of a template is required.");
  if (type === 'Standard' && subject.trim() === '')
    return refuse(1120, "The 'Subject' of a template is required.");
  return html === '' && text === '' ? refuse(1120, "Either 'HtmlBody' or 'TextBody' is required.") : null;
}

/** The limits of name and alias are not documented. */
function lengthFault({ name, alias, subject }: Wanted): Answer | null {
  const tooLong: [string, string, number][] = [
    ['Name', name, 300],
    ['Alias', alias ?? '', 300],
    ['Subject', subject, 2000],
  ];
  const [found] = tooLong.filter(([, value, most]) => value.length > most);
  return found ? refuse(1121, `The '${found[0]}' is limited to ${found[2]} characters.`) : null;
}

function aliasFault(templates: TemplateStore, { alias }: Wanted, own: Template | null): Answer | null {
  if (alias === null) return null;
  if (!/^[a-z][\w.-]*$/i.test(alias)) {
    return refuse(
      1122,
      "The 'Alias' must start with a letter; letters, digits, '-', '_' and '.' may follow.",
    );
  }
  const holder = templates.get(alias);
  return holder && holder !== own
    ? refuse(1122, `The 'Alias' '${alias}' is taken by another template.`)
    : null;
}

function layoutFault(templates: TemplateStore, { type, layout }: Wanted): Answer | null {
  if (layout === null) return null;
  if (type === 'Layout') return refuse(1122, "A layout cannot have a 'LayoutTemplate' itself.");
  return templates.get(layout)?.type === 'Layout'
    ? null
    : refuse(1101, "The 'LayoutTemplate' associated with this request is not valid or was not found.");
}

/** A layout needs its slot exactly once in each body it has. */
function slotFault({ type, html, text }: Wanted): Answer | null {
  if (type !== 'Layout') return null;
  const fine = [html, text].every(body => body === '' || countSlots(body) === 1);
  if (fine) return null;
  return refuse(
    1131,
    "The layout content placeholder must be present in each body exactly once: '{{{ @content }}}'.",
  );
}

export function countSlots(body: string): number {
  return body.match(/\{\{\{\s*@content\s*\}\}\}/g)?.length ?? 0;
}

function syntaxFault({ subject, html, text }: Wanted): Answer | null {
  for (const [field, source] of [
    ['Subject', subject],
    ['HtmlBody', html],
    ['TextBody', text],
  ] as const) {
    const [fault] = parse(source).faults;
    if (fault) return refuse(1122, `The '${field}' is not valid: ${fault.Message} (line ${fault.Line})`);
  }
  return null;
}
