import { MailError, type SourceRef } from '../../mail/index.ts';
import type { Flash } from '../flash.ts';
import type { Page } from '../page.ts';
import { readSample } from './source-of.ts';

/** The form of saved sample data. */
export interface SampleDataFields {
  name: string;
  locale: string;
  data: string;
}

export const noSampleData: SampleDataFields = { name: '', locale: '', data: '' };

/** Saves the sample data of the editor's form; its id, or why it was not saved. */
export async function saveSampleData(
  { mail, by }: Page,
  { key }: SourceRef,
  { name, locale, data: json }: SampleDataFields,
): Promise<{ id: string } | { problem: string }> {
  const data = readSample(json);
  if (typeof data === 'string') return { problem: `The sample data was not saved. ${data}` };
  try {
    const id = await mail.templates.sampleData.save(key, { name, data, locale: locale || null }, by);
    return { id };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { problem: `The sample data was not saved. ${error.message}` };
  }
}

/** Removes saved sample data. */
export async function removeSampleData({ mail, by }: Page, { key }: SourceRef, id: string): Promise<Flash> {
  await mail.templates.sampleData.remove(key, id, by);
  return { tone: 'done', text: 'The sample data was removed.' };
}
