import type { Request, Response } from 'express';
import {
  type Mail,
  MailError,
  noLayout,
  type Source,
  type SourceKind,
  type SourceRef,
} from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { formField } from '../form-parser.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { categoriesOf } from './editor-page.ts';
import { isKind, kindLabels, refText } from './reference.ts';

/** What the form for a new source holds. */
interface NewFields {
  kind: SourceKind;
  key: string;
  category: string;
  layout: string;
  problem: string | null;
}

/** Shows the form for a new template, layout or partial. */
export async function showCreation(
  mail: Mail,
  show: Show,
  response: Response,
  asked: unknown,
  typed?: NewFields,
): Promise<void> {
  const kind = typed?.kind ?? (isKind(asked) && asked !== 'brand' ? asked : 'template');
  const layouts = await mail.templates.list('layout');
  const empty: NewFields = { kind, key: '', category: '', layout: 'default', problem: null };
  show(
    response,
    'templates/new',
    {
      ...(typed ?? empty),
      label: kindLabels[kind].one,
      categories: categoriesOf(mail, typed?.category ?? ''),
      layouts: layouts.map(({ key }) => key),
    },
    typed ? 422 : 200,
  );
}

/** Creates a new source as a draft and opens it. */
export async function create(mail: Mail, show: Show, request: Request, response: Response): Promise<void> {
  const kind = formField(request, 'kind');
  const typed: NewFields = {
    kind: isKind(kind) && kind !== 'brand' ? kind : 'template',
    key: formField(request, 'key').trim(),
    category: formField(request, 'category').trim(),
    layout: formField(request, 'layout'),
    problem: null,
  };
  try {
    const source = starter(typed, formField(request, 'markup') === 'mjml');
    if (typed.key === 'new')
      throw new MailError('invalid-input', 'The key "new" is reserved: choose another one.');
    await mail.templates.create(source, { by: personOf(response).id });
    redirectWithFlash(
      response,
      `templates/${encodeURIComponent(refText(source))}`,
      'Draft created. It is used for sending once it is published.',
    );
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await showCreation(mail, show, response, typed.kind, { ...typed, problem: error.message });
  }
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
