import type { Mail, SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import type { EditorForm } from './read-form.ts';

type DataChoice = Pick<
  NonNullable<Parameters<Mail['templates']['preview']>[1]>,
  'sampleDataId' | 'recipient' | 'messageId' | 'locale'
>;

const savedPrefix = 'sample-data:';

/** The template to show for the editor's form: of a layout, partial or the brand one that uses it. */
export function templateInForm({ show }: EditorForm, { kind, key }: SourceRef): string {
  return kind === 'template' ? key : show.template;
}

/** The template to show that the address names. */
export function templateInQuery(page: Page, { kind, key }: SourceRef): string {
  return kind === 'template' ? key : page.queryText('template');
}

/** The data to show it with: saved sample data, or the latest message to an address; else the template's own sample. */
export function dataChoice({ show: { data, recipient, locale } }: EditorForm): DataChoice {
  // Saved sample data has its own language; with anything else the language that is edited counts.
  if (data.startsWith(savedPrefix)) return { sampleDataId: data.slice(savedPrefix.length) };
  return {
    ...(data === 'recipient' && recipient !== '' && { recipient }),
    ...(locale !== '' && locale !== 'default' && { locale }),
  };
}
