import type { ImportedSuppression, SuppressionClass, SuppressionScope } from '../../../mail/index.ts';
import { type Place, placeOf } from '../places.ts';

/** What a column can be read as. */
export const meanings = [
  'address',
  'scope',
  'topic',
  'stream',
  'source',
  'class',
  'expires',
  'note',
] as const;

/** One of {@link meanings}. */
export type Meaning = (typeof meanings)[number];

const headers: Readonly<Record<string, Meaning>> = {
  ...{ address: 'address', email: 'address', emailaddress: 'address', mail: 'address', recipient: 'address' },
  ...{ scope: 'scope', topic: 'topic', stream: 'stream', messagestream: 'stream', source: 'source' },
  ...{ class: 'class', expires: 'expires', expiresat: 'expires', until: 'expires', note: 'note' },
};

/** What each column is, by its header or as it was chosen; null for one that is not used. */
export function meaningsOf(
  names: readonly string[],
  chosen: Readonly<Record<string, string>> = {},
): (Meaning | null)[] {
  return names.map(name => {
    const choice = Object.hasOwn(chosen, name) ? chosen[name] : headers[wordOf(name)];
    return meanings.find(one => one === choice) ?? null;
  });
}

function wordOf(header: string): string {
  return header.toLowerCase().replace(/[^a-z]+/g, '');
}

/** What holds for lines that do not say it themselves. */
export interface Defaults {
  place: Place | null;
  note: string;
}

/** One line as a suppression; or why it cannot be one. */
export function suppressionOf(
  columns: readonly (Meaning | null)[],
  cells: readonly string[],
  { place, note }: Defaults,
  streams: ReadonlySet<string>,
): ImportedSuppression | { problem: string } {
  const cell = (meaning: Meaning) => cells[columns.indexOf(meaning)] ?? '';
  const where = whereOf(cell, streams) ?? place;
  if (where === null)
    return { problem: 'It does not say what the address gets no more: scope, topic or stream.' };
  if ('problem' in where) return where;
  const { expires, source } = { expires: cell('expires'), source: cell('source').toLowerCase() };
  return {
    ...{ ...where, address: bare(cell('address')), note: bare(cell('note')) || note },
    ...sourceOf(source, cell('class').toLowerCase()),
    ...(expires && { expiresAt: /^\d{4}-\d\d-\d\d$/.test(expires) ? `${expires}T00:00:00Z` : expires }),
  };
}

function whereOf(
  cell: (meaning: Meaning) => string,
  streams: ReadonlySet<string>,
): Place | { problem: string } | null {
  const [scope, topic, stream] = [cell('scope'), cell('topic'), cell('stream')];
  if (scope !== '' && scope !== 'topic' && scope !== 'stream') return { scope: scope as SuppressionScope };
  if (scope === 'topic' || (scope === '' && topic !== '')) return { scope: 'topic', topic };
  if (scope === '' && stream === '') return null;
  return placeOf(stream, streams) ?? { problem: `There is no stream ${stream.slice(0, 100)}.` };
}

/** What a provider reported elsewhere is ours to enter here: for the person where it was the person who said so. */
function sourceOf(source: string, reported: string): Pick<ImportedSuppression, 'source' | 'reported'> {
  if (source === '') return {};
  if (source !== 'provider' && source !== 'rule') return { source: source as 'operator' };
  const isPersons = reported === 'complaint' || reported === 'unsubscribe';
  return { source: isPersons ? 'person' : 'operator', reported: (reported || 'bounce') as SuppressionClass };
}

/** Without the apostrophe that an export puts before what a spreadsheet would take for a formula. */
function bare(text: string): string {
  return /^'[=+\-@]/.test(text) ? text.slice(1) : text;
}
