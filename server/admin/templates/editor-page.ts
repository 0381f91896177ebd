import type { Response } from 'express';
import { type Mail, noLayout, type SourceRef, type SourceView } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';
import { mayAs, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { type EditorFields, emptyRow, fieldsOf } from './fields.ts';
import { languageLabel, languagesOf } from './languages.ts';
import { ownAddress } from './own-address.ts';
import { kindLabels, refText } from './reference.ts';
import type { SampleDataFields } from './sample-data.ts';
import { sourceOf } from './source-of.ts';
import { vocabularyOf } from './vocabulary.ts';

/** How the editor is shown beside what is stored. */
export interface EditorState {
  /** The language to open; the default when absent. */
  locale?: string | undefined;
  /** The saved sample data to look at; the template's own when absent. */
  sampleDataId?: string | undefined;
  /** Values of the form that could not be saved, with the reason. */
  unsaved?: { fields: EditorFields; problem: string };
  /** What was asked for besides saving the draft, and why it was not done. */
  refused?: { problem: string; testTo?: string; newSampleData?: SampleDataFields };
}

/** The source, or a page of status 404. */
export async function viewOf(mail: Mail, ref: SourceRef): Promise<SourceView> {
  const view = await mail.templates.get(ref);
  if (!view) throw notFound(`There is no ${kindLabels[ref.kind].one} ${ref.key}.`);
  return view;
}

/** What there is to edit: the draft, else what is published. */
export function currentSource({ ref, draft, published }: SourceView) {
  const source = draft?.source ?? published?.source;
  if (!source) throw new Error(`${ref.kind} ${ref.key} has neither a draft nor a version.`);
  return source;
}

/** Shows the editor of one source. */
export async function showEditor(
  mail: Mail,
  show: Show,
  response: Response,
  ref: SourceRef,
  { locale = 'default', sampleDataId = '', unsaved, refused }: EditorState = {},
): Promise<void> {
  const view = await viewOf(mail, ref);
  const source = currentSource(view);
  const fields = unsaved?.fields ?? fieldsOf(source);
  const candidate = sourceOf(ref, fields);
  const [usedBy, templates, layouts, vocabulary, samples, name] = await Promise.all([
    mail.templates.usedBy(ref),
    mail.templates.list('template'),
    mail.templates.list('layout'),
    vocabularyOf(mail, ref, source),
    samplesOf(mail, 'source' in candidate ? candidate.source : source),
    authorNames(response, [view.draft?.changedBy ?? '', view.published?.by ?? '']),
  ]);
  const languages = languagesOf(ref.kind, fields);
  const previewOf = templatesToShow(
    ref,
    usedBy,
    templates.map(({ key }) => key),
  );
  show(
    response,
    'templates/editor',
    {
      ...frameOf(ref, view, name),
      readOnly: !mayAs(personOf(response), 'editor'),
      problem: unsaved?.problem ?? null,
      refused: refused?.problem ?? null,
      newSampleData: refused?.newSampleData ?? { name: '', locale: '', data: '' },
      opensSampleData: sampleDataId !== '' || refused?.newSampleData !== undefined,
      fields,
      rows: [...fields.rows, ...Array.from({ length: 3 }, () => emptyRow)],
      blankRow: emptyRow,
      values: ref.kind === 'brand' ? [...fields.values, { name: '', value: '' }] : [],
      types: fieldTypes,
      languages,
      locale: languages.some(one => one.locale === locale) ? locale : 'default',
      usesMjml: Object.values(fields.locales).some(({ mjml }) => mjml !== undefined),
      isConfidential:
        view.published?.source.kind === 'template' && view.published.source.content.confidential === true,
      layouts: [...layouts.map(({ key }) => key), noLayout],
      categories: categoriesOf(mail, fields.category),
      usedBy: usedBy.map(one => ({ ...one, ref: refText(one) })),
      vocabulary,
      previewOf,
      samples: samples.map(one => ({ ...one, isShown: one.id === sampleDataId })),
      opensTest: refused?.testTo !== undefined,
      testTo: refused?.testTo ?? (await ownAddress(response)),
    },
    unsaved || refused ? 422 : 200,
  );
}

/** What a template may be sent as: the categories of the routing policy, and the one it has. */
export function categoriesOf(mail: Mail, own: string): string[] {
  const known = mail.connections.policy().categories.map(({ category }) => category);
  return [...new Set([...known, ...(own === '' ? [] : [own])])].sort();
}

const fieldTypes = 'string number integer boolean date url email timezone currency object array'.split(' ');

/** What the head of every page about a source shows. */
export function frameOf(ref: SourceRef, view: SourceView, name: (by: string) => string) {
  const { revision, published, draft } = view;
  return {
    ref: refText(ref),
    kind: ref.kind,
    key: ref.key,
    label: kindLabels[ref.kind].one,
    title: ref.kind === 'brand' ? 'Brand' : ref.key,
    revision,
    published: published && { version: published.version, at: published.at, by: name(published.by) },
    draft: draft && { at: draft.changedAt, by: name(draft.changedBy) },
    // Somebody has published a version since, without seeing this draft.
    isBehind: draft !== null && published !== null && draft.baseVersion !== published.version,
  };
}

async function samplesOf(mail: Mail, source: ReturnType<typeof currentSource>) {
  if (source.kind !== 'template') return [];
  const content = (await mail.templates.compose(source, source.key))?.content;
  const samples = content ? await mail.templates.sampleData.list(content) : [];
  return samples.map(one => ({ ...one, language: one.locale ? languageLabel(one.locale) : '' }));
}

/** The templates in which a shared source can be looked at. */
function templatesToShow(ref: SourceRef, usedBy: readonly SourceRef[], all: readonly string[]): string[] {
  if (ref.kind === 'template') return [ref.key];
  const users = usedBy.filter(({ kind }) => kind === 'template').map(({ key }) => key);
  return ref.kind === 'brand' && users.length === 0 ? [...all] : users;
}
