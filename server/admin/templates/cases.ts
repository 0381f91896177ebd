import type { Request } from 'express';
import { type Mail, MailError, type Source } from '../../mail/index.ts';
import type { Notice } from '../notice.ts';
import { readSample } from './source-of.ts';

/** Saves the preview case of the editor's form; says what became of it. */
export async function saveCase(mail: Mail, source: Source, request: Request, by: string): Promise<Notice> {
  const { name = '', data: json = '', locale = '' } = caseIn(request);
  const data = readSample(json);
  if (typeof data === 'string') return { tone: 'failed', text: `The case was not saved. ${data}` };
  try {
    await mail.templates.cases.save(source.key, { name, data, locale: locale || null }, by);
    return { tone: 'done', text: `The case ${name} is saved.` };
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { tone: 'failed', text: `The case was not saved: ${error.message}` };
  }
}

/** Removes a saved preview case. */
export async function removeCase(mail: Mail, source: Source, id: string, by: string): Promise<Notice> {
  await mail.templates.cases.remove(source.key, id, by);
  return { tone: 'done', text: 'The case is gone.' };
}

function caseIn({ body }: Request): { name?: string; data?: string; locale?: string } {
  const given: unknown = body?.case;
  if (typeof given !== 'object' || given === null) return {};
  const texts = Object.entries(given).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts);
}
