import { Readable } from 'node:stream';
import Joi from 'joi';
import type { UploadPlaces } from '../campaigns/upload-places.ts';
import { chosenColumns, readGivenList } from '../campaigns/uploaded-list.ts';
import { type FormSchema, field } from '../form.ts';
import type { Page } from '../page.ts';
import { PageError } from '../page-error.ts';
import { readQuery } from '../query.ts';
import { meanings } from './csv/columns.ts';
import { suppressionsCsv } from './csv/export.ts';
import { importList, type ListOptions } from './csv/import.ts';
import { type Place, placeChoices, placeOf } from './places.ts';

/** How a list is to be read, from the address of an upload or from the form beside a pasted list. */
interface Reading {
  mode: ListOptions['mode'];
  /** Of lines that do not say what the address gets no more. */
  place: string;
  note: string;
  /** From header to meaning, as JSON. */
  columns: string;
}

const refusal = 'Nothing was imported';
const reading = {
  mode: field.choice<Reading['mode']>(
    ['look', 'take', 'refuse'],
    'A list can be looked at, taken without its faulty lines, or refused because of them.',
  ),
  place: field.requiredLine(100, 'Choose what the addresses get no more.'),
  note: field.requiredLine(500, 'Enter a reason of at most 500 characters, e.g. from the old system.'),
  columns: field.text(100_000, 'The choice of columns cannot be read. Reload the page and try again.'),
};
const uploadSchema: Joi.ObjectSchema<Reading> = Joi.object(reading);

/** Of an upload there is no form: its body is the file. */
export const importForm: FormSchema<Partial<Reading> & { csv: string }> = Joi.object({
  ...reading,
  // Checked where they are used: those of an upload are in its address.
  place: reading.place.optional(),
  note: reading.note.optional(),
  csv: field.text(6_000_000, 'The list must be text. Choose a file instead if it is large.'),
});

/** The form that takes a list. */
export async function showImport(page: Page): Promise<void> {
  page.render('suppressions/import', {
    choices: await placeChoices(page.mail),
    values: { place: 'all:bulk', note: '' },
    byField: {},
    module: 'recipients',
    meanings: meanings.join(','),
  });
}

/** Looks at a list of suppressions, or enters it: an import only ever adds. */
export async function importSuppressions(
  page: Page,
  { csv, ...form }: Partial<Reading> & { csv: string },
  places: UploadPlaces,
): Promise<void> {
  const { request, mail, by } = page;
  const { mode, place, note, columns } = readQuery(
    uploadSchema,
    request.is('text/csv') ? request.query : form,
  );
  const where = await placeNamed(page, place);
  const chosen = chosenColumns(columns, refusal);
  const result = await places(by, () =>
    readGivenList(page, {
      ...{ csv, refusal },
      read: (source, { signal, onPass }) =>
        importList(mail, source, { by, mode, place: where, note, chosen, signal, onPass }),
    }),
  );
  if (!result) return;
  const isRefused = mode === 'refuse' && !result.taken;
  page.render('suppressions/imported', { result, isRefused, looked: mode === 'look' }, isRefused ? 422 : 200);
}

async function placeNamed({ mail }: Page, word: string): Promise<Place> {
  const place = placeOf(word, new Set((await placeChoices(mail)).streams));
  if (place) return place;
  throw new PageError(422, refusal, 'There is no such stream. Reload the page and choose another one.');
}

/** All active suppressions as CSV, in flat memory. */
export function sendAll({ response, mail }: Page): void {
  response.set('Content-Disposition', 'attachment; filename="suppressions.csv"').type('text/csv');
  Readable.from(suppressionsCsv(mail.suppressions.export()))
    .on('error', error => response.destroy(error))
    .pipe(response);
}
