import type { Request } from 'express';
import { type Mail, MailError, type Source } from '../../mail/index.ts';
import type { Flash } from '../flash.ts';
import { readSample } from './source-of.ts';

/** The form of saved sample data. */
export interface SampleDataFields {
  name: string;
  locale: string;
  data: string;
}

/** Saves the sample data of the editor's form; its id, or why it was not saved. */
export async function saveSampleData(
  mail: Mail,
  source: Source,
  { name, locale, data: json }: SampleDataFields,
  by: string,
): Promise<{ id: string } | { problem: string }> {
  const data = readSample(json);
  if (typeof data === 'string') return { problem: `The sample data was not saved. ${data}` };
  try {
    return {
      id: await mail.templates.sampleData.save(source.key, { name, data, locale: locale || null }, by),
    };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { problem: `The sample data was not saved. ${error.message}` };
  }
}

/** Removes saved sample data. */
export async function removeSampleData(mail: Mail, source: Source, id: string, by: string): Promise<Flash> {
  await mail.templates.sampleData.remove(source.key, id, by);
  return { tone: 'done', text: 'The sample data was removed.' };
}

/** The sample data that the editor's form holds. */
export function sampleDataIn({ body }: Request): SampleDataFields {
  const given: unknown = body?.sampleData;
  const texts = Object.entries(typeof given === 'object' && given !== null ? given : {}).filter(
    ([, value]) => typeof value === 'string',
  );
  return { name: '', locale: '', data: '', ...Object.fromEntries(texts) };
}
