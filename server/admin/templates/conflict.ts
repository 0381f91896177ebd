import { isDeepStrictEqual } from 'node:util';
import type { Conflict, SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { type EditorFields, fieldsOf } from './fields.ts';
import { languageLabel } from './languages.ts';
import { sourceOf } from './source-of.ts';
import { currentSource, headOf, longestShown } from './source-page.ts';

/**
 * Shows what two people wrote at once, side by side. Mine stays in the form, to be edited and saved over theirs; what
 * only they have comes along.
 */
export async function showConflict(
  page: Page,
  mine: EditorFields,
  { reason, current }: Conflict,
): Promise<void> {
  const { ref } = current;
  const theirs = fieldsOf(currentSource(current));
  const [myTexts, theirTexts] = [textsOf(mine), textsOf(theirs)];
  const entries = [...new Map([...theirTexts, ...myTexts])].map(([field, text]) => ({
    field,
    text,
    label: labelOf(field),
    code: field.endsWith('[html]') || field.endsWith('[mjml]') ? 'html' : 'text',
    ...theirSide(theirTexts.get(field) ?? ''),
  }));
  const head = await headOf(page, current);
  const latest = head.draft ?? head.published;
  const data = {
    ...head,
    reason,
    who: latest?.by,
    when: latest?.at,
    baseVersion: reason === 'base' ? String(current.published?.version ?? '') : '',
    differing: entries.filter(({ field, text }) => text !== (theirTexts.get(field) ?? '')),
    same: entries.filter(({ field, text }) => text === (theirTexts.get(field) ?? '')),
    tableDiffers: !isDeepStrictEqual(dataOf(ref, mine), dataOf(ref, theirs)),
    rows: mine.rows,
    sample: mine.sample,
  };
  page.render('templates/conflict', data, 409);
}

// Mine is whole, for it is saved; of theirs no more than anybody takes over by hand.
function theirSide(text: string): { theirs: string; more: number } {
  return { theirs: text.slice(0, longestShown), more: Math.max(0, text.length - longestShown) };
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
  const [, locale, part] = /^locales\[([^\]]+)\]\[(.+)\]$/.exec(field) ?? [];
  if (part !== undefined) return locale === 'default' ? part : `${part}, ${languageLabel(locale ?? '')}`;
  const [, i, what] = /^values\[(\d+)\]\[(.+)\]$/.exec(field) ?? [];
  return what === undefined ? field : `${what} ${Number(i) + 1}`;
}
