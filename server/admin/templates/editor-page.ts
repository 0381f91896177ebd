import { type Mail, noLayout, type Source, type SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { may } from '../permissions.ts';
import { type EditorFields, emptyRow, fieldsOf } from './fields.ts';
import { languageLabel, languagesOf } from './languages.ts';
import { refText } from './reference.ts';
import { noSampleData, type SampleDataFields } from './sample-data.ts';
import { sourceOf } from './source-of.ts';
import { currentSource, headOf, viewOf } from './source-page.ts';
import { ownAddress } from './test-recipients.ts';
import { vocabularyOf } from './vocabulary.ts';

/** How the editor is shown beside what is stored. */
export interface EditorState {
  /** The language to open; the default when absent. */
  locale?: string;
  /** The saved sample data to look at; the template's own when absent. */
  sampleDataId?: string;
  /** Values of the form that could not be saved, with the reason. */
  unsaved?: { fields: EditorFields; problem: string };
  /** What was asked for besides saving the draft, and why it was not done. */
  refused?: { problem: string; testTo?: string; newSampleData?: SampleDataFields };
}

/** Opens the editor of one source, in the language and with the sample data that the address names. */
export function openEditor(page: Page): Promise<void> {
  return showEditor(page, { locale: page.queryText('locale'), sampleDataId: page.queryText('sampleData') });
}

/** Shows the editor of one source. */
export async function showEditor(page: Page, state: EditorState): Promise<void> {
  const { locale, sampleDataId = '', unsaved, refused } = state;
  const { mail } = page;
  const view = await viewOf(page);
  const { ref, published } = view;
  const source = currentSource(view);
  const fields = unsaved?.fields ?? fieldsOf(source);
  const candidate = sourceOf(ref, fields);
  const [head, usedBy, templates, layouts, vocabulary, samples] = await Promise.all([
    headOf(page, view),
    mail.templates.usedBy(ref),
    mail.templates.list('template'),
    mail.templates.list('layout'),
    vocabularyOf(mail, ref, source),
    samplesOf(mail, 'source' in candidate ? candidate.source : source),
  ]);
  const languages = languagesOf(ref.kind, fields);
  const data = {
    ...head,
    readOnly: !may(page.person, 'templates.edit'),
    problem: unsaved?.problem ?? null,
    leftOut: (view.draft ?? view.published)?.issues ?? [],
    refused: refused?.problem ?? null,
    newSampleData: refused?.newSampleData ?? noSampleData,
    opensSampleData: sampleDataId !== '' || refused?.newSampleData !== undefined,
    fields,
    rows: [...fields.rows, ...Array.from({ length: 3 }, () => emptyRow)],
    blankRow: emptyRow,
    values: ref.kind === 'brand' ? [...fields.values, { name: '', value: '' }] : [],
    types: fieldTypes,
    languages,
    locale: languages.some(one => one.locale === locale) ? locale : 'default',
    usesMjml: Object.values(fields.locales).some(({ mjml }) => mjml !== undefined),
    isConfidential: published?.source.kind === 'template' && published.source.content.confidential === true,
    layouts: [...layouts.map(({ key }) => key), noLayout],
    categories: categoriesOf(mail, fields.category),
    usedBy: usedBy.map(one => ({ ...one, ref: refText(one) })),
    vocabulary,
    previewOf: templatesToShow(
      ref,
      usedBy,
      templates.map(({ key }) => key),
    ),
    samples: samples.map(one => ({ ...one, isShown: one.id === sampleDataId })),
    opensTest: refused?.testTo !== undefined,
    testTo: refused?.testTo ?? (await ownAddress(page)) ?? '',
  };
  page.render('templates/editor', data, unsaved || refused ? 422 : 200);
}

/** What a template may be sent as: the categories of the routing policy, and the one it has. */
export function categoriesOf(mail: Mail, own: string): string[] {
  const known = mail.connections.policy().categories.map(({ category }) => category);
  return [...new Set([...known, ...(own === '' ? [] : [own])])].sort();
}

const fieldTypes = 'string number integer boolean date url email timezone currency object array'.split(' ');

async function samplesOf(mail: Mail, source: Source) {
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
