import type { Request } from 'express';
import type { Mail, Source } from '../../mail/index.ts';

type DataChoice = Pick<
  NonNullable<Parameters<Mail['templates']['preview']>[1]>,
  'sampleDataId' | 'recipient' | 'messageId' | 'locale'
>;

/** What the editor's form says about the preview, in its fields `show[...]`. */
function showIn({ body }: Request): Record<string, string> {
  const given: unknown = body?.show;
  if (typeof given !== 'object' || given === null) return {};
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => typeof value === 'string' && value !== ''),
  );
}

/** The template to show: of a layout, partial or the brand one that uses it. */
export function templateOf({ kind, key }: Pick<Source, 'kind' | 'key'>, request: Request): string {
  return kind === 'template' ? key : (showIn(request).template ?? '');
}

/** The data to show it with: saved sample data, or the latest message to an address; the sample when nothing is said. */
export function dataChoice(request: Request): DataChoice {
  const { data = '', recipient, locale } = showIn(request);
  return {
    ...(data === 'recipient' && recipient !== undefined && { recipient }),
    ...(data.startsWith('sample-data:') && { sampleDataId: data.slice('sample-data:'.length) }),
    // Saved sample data has its own language; with anything else the language that is edited counts.
    ...(locale !== undefined && locale !== 'default' && !data.startsWith('sample-data:') && { locale }),
  };
}
