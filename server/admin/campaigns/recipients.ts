import Joi from 'joi';
import type { Campaign } from '../../mail/index.ts';
import { type FormSchema, field } from '../form.ts';
import type { Page } from '../page.ts';
import { importRecipients } from './csv/import.ts';
import { findCampaign } from './find.ts';
import type { UploadPlaces } from './upload-places.ts';
import { chosenColumns, readGivenList } from './uploaded-list.ts';

const refusal = 'Nobody was added';

/** How a list is to be read, from the address of an upload or from the form beside a pasted list. */
interface Reading {
  faulty: 'take' | 'refuse';
  chosen: Record<string, string>;
}

/** What the form beside a pasted list holds. */
interface RecipientsForm {
  csv: string;
  faulty: Reading['faulty'];
  /** From header to meaning, as JSON. */
  columns: string;
}

const reading = {
  faulty: field.choice<Reading['faulty']>(
    ['take', 'refuse'],
    'Faulty lines can be left out, or the list refused.',
  ),
  columns: field.text(100_000, 'The choice of columns cannot be read. Reload the page and try again.'),
};
const uploadSchema: Joi.ObjectSchema<Pick<RecipientsForm, 'faulty' | 'columns'>> = Joi.object(reading);

/** Of an upload there is no form: its body is the file. */
export const recipientsForm: FormSchema<RecipientsForm> = Joi.object({
  ...reading,
  csv: field.text(6_000_000, 'The list must be text. Choose a file instead if it is large.'),
});

/**
 * Adds a list of recipients: a script sends the file as it is, text/csv, and may ask for its progress by `progress=yes`;
 * without a script it is pasted into a form.
 */
export async function addRecipients(page: Page, form: RecipientsForm, places: UploadPlaces): Promise<void> {
  const campaign = await findCampaign(page);
  await places(page.by, () => importInto(campaign, page, form));
}

async function importInto(campaign: Campaign, page: Page, form: RecipientsForm): Promise<void> {
  const { request, mail } = page;
  const reading = readingOf(request.is('text/csv') ? page.query(uploadSchema) : form);
  const result = await readGivenList(page, {
    ...{ csv: form.csv, refusal },
    read: (source, { signal, onPass }) =>
      importRecipients(mail, campaign.id, source, { by: page.by, signal, onPass, ...reading }),
  });
  if (result) page.render('campaigns/imported', { campaign, result }, result.taken ? 200 : 422);
}

function readingOf({ faulty, columns }: Pick<RecipientsForm, 'faulty' | 'columns'>): Reading {
  return { faulty, chosen: chosenColumns(columns, refusal) };
}
