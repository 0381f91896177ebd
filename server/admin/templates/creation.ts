import { MailError, noLayout, type Source, type SourceKind, type SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { categoriesOf } from './editor-page.ts';
import type { CreationForm } from './forms.ts';
import { isKind, kindLabels } from './reference.ts';
import { editorPath } from './source-page.ts';

/** What the form for a new source holds. */
interface NewFields {
  kind: SourceKind;
  key: string;
  category: string;
  layout: string;
}

/** Shows the form for a new template, layout or partial. */
export async function showCreation(page: Page): Promise<void> {
  await renderForm(page, { kind: newKind(page.queryText('kind')), key: '', category: '', layout: 'default' });
}

/** Creates a new source as a draft and opens it. */
export async function create(page: Page, { markup, ...form }: CreationForm): Promise<void> {
  const fields: NewFields = { ...form, kind: newKind(form.kind) };
  try {
    const source = starter(fields, markup === 'mjml');
    if (fields.key === 'new')
      throw new MailError('invalid-input', 'The key "new" is reserved: choose another one.');
    await page.mail.templates.create(source, { by: page.by });
    page.redirect(editorPath(source), 'Draft created. It is used for sending once it is published.');
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await renderForm(page, fields, error.message);
  }
}

// There is one brand, which exists already.
function newKind(kind: string): SourceKind {
  return isKind(kind) && kind !== 'brand' ? kind : 'template';
}

async function renderForm(page: Page, fields: NewFields, problem: string | null = null): Promise<void> {
  const { mail } = page;
  const layouts = await mail.templates.list('layout');
  const data = {
    ...fields,
    problem,
    label: kindLabels[fields.kind].one,
    categories: categoriesOf(mail, fields.category),
    layouts: layouts.map(({ key }) => key),
  };
  page.render('templates/new', data, problem === null ? 200 : 422);
}

function starter({ kind, key, category, layout }: NewFields, mjml: boolean): Source {
  const ref: SourceRef = { kind, key };
  if (ref.kind === 'layout')
    return { kind: 'layout', key, content: { html: layoutHtml, text: '{{> content}}\n' } };
  if (ref.kind === 'partial')
    return { kind: 'partial', key, content: { html: '<p>{{text}}</p>\n', text: '{{text}}\n' } };
  const parts = {
    subject: 'Hello{{#if name}} {{name}}{{/if}}',
    preheader: 'What this is about',
    html: '<h1>Hello{{#if name}} {{name}}{{/if}}</h1>\n<p>Write here.</p>\n',
    text: 'Hello{{#if name}} {{name}}{{/if}},\n\nWrite here.\n',
  };
  return {
    kind: 'template',
    key,
    content: {
      category,
      description: '',
      layout: mjml ? noLayout : layout,
      contract: { name: { type: 'string', optional: true, max: 200 } },
      sample: { name: 'Ada' },
      locales: { default: mjml ? { ...parts, html: '', mjml: mjmlStart } : parts },
    },
  };
}

const layoutHtml = `<!doctype html>
<html lang="{{@language}}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{{@brand.name}}</title>
</head>
<body>
  {{> content}}
</body>
</html>
`;

const mjmlStart = `<mjml>
  <mj-head>
    <mj-preview>{{@preheader}}</mj-preview>
    <mj-attributes><mj-all font-family="system-ui, Helvetica, Arial, sans-serif" /></mj-attributes>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello{{#if name}} {{name}}{{/if}}</mj-text>
        <mj-text>Write here.</mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
`;
