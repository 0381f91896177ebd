import { isDeepStrictEqual } from 'node:util';
import type { Response } from 'express';
import type { Conflict, SourceRef } from '../../mail/index.ts';
import type { Show } from '../views.ts';
import { authorNames } from './authors.ts';
import { currentSource, frameOf } from './editor-page.ts';
import { type EditorFields, fieldsOf } from './fields.ts';
import { languageLabel } from './languages.ts';
import { sourceOf } from './source-of.ts';

/**
 * Shows what two people wrote at once, side by side. Mine stays in the form, to be edited and stored over theirs; what
 * only they have comes along.
 */
export async function showConflict(
  show: Show,
  response: Response,
  ref: SourceRef,
  mine: EditorFields,
  { reason, current }: Conflict,
): Promise<void> {
  const theirs = fieldsOf(currentSource(current));
  const by = current.draft?.changedBy ?? current.published?.by ?? '';
  const name = await authorNames(response, [by, current.published?.by ?? '']);
  const [myTexts, theirTexts] = [textsOf(mine), textsOf(theirs)];
  const entries = [...new Map([...theirTexts, ...myTexts])].map(([field, text]) => ({
    field,
    text,
    label: labelOf(field),
    code: field.endsWith('[html]') || field.endsWith('[mjml]') ? 'html' : 'text',
    theirs: theirTexts.get(field) ?? '',
  }));
  show(
    response,
    'templates/conflict',
    {
      ...frameOf(ref, current, name),
      reason,
      who: name(by),
      when: current.draft?.changedAt ?? current.published?.at,
      baseVersion: reason === 'base' ? String(current.published?.version ?? '') : '',
      differing: entries.filter(({ text, theirs: other }) => text !== other),
      same: entries.filter(({ text, theirs: other }) => text === other),
      tableDiffers: !isDeepStrictEqual(dataOf(ref, mine), dataOf(ref, theirs)),
      rows: mine.rows,
      sample: mine.sample,
    },
    409,
  );
}

/** Contract and sample, as they would be stored. */
function dataOf(ref: SourceRef, fields: EditorFields): unknown {
  const form = sourceOf(ref, fields);
  return 'source' in form && form.source.kind === 'template'
    ? [form.source.content.contract, form.source.content.sample]
    : [fields.rows, fields.sample];
}

/** Everything but the contract's table, by the names of the form. */
function textsOf({
  category,
  description,
  layout,
  confidential,
  locales,
  values,
}: EditorFields): Map<string, string> {
  const parts = Object.entries(locales).flatMap(([locale, texts]) =>
    Object.entries(texts).map(([part, text]): [string, string] => [`locales[${locale}][${part}]`, text]),
  );
  const named = values.flatMap(({ name, value }, i): [string, string][] => [
    [`values[${i}][name]`, name],
    [`values[${i}][value]`, value],
  ]);
  return new Map<string, string>([
    ['category', category],
    ['description', description],
    ['layout', layout],
    ['confidential', confidential],
    ...parts,
    ...named,
  ]);
}

function labelOf(field: string): string {
  const [, locale, part] = /^locales\[(.+)\]\[(.+)\]$/.exec(field) ?? [];
  if (part !== undefined) return locale === 'default' ? part : `${part}, ${languageLabel(locale ?? '')}`;
  const [, i, what] = /^values\[(\d+)\]\[(.+)\]$/.exec(field) ?? [];
  return what === undefined ? field : `${what} ${Number(i) + 1}`;
}
