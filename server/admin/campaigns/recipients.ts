import type { Response } from 'express';
import Joi from 'joi';
import { bodyStream } from '../../body/read-body.ts';
import { type Campaign, MailError } from '../../mail/index.ts';
import { type FormSchema, field } from '../form.ts';
import type { Page } from '../page.ts';
import { PageError } from '../page-error.ts';
import { streamProgress } from '../progress-stream.ts';
import { importRecipients, UnusableFile } from './csv/import.ts';
import type { Source } from './csv/lines.ts';
import { findCampaign } from './find.ts';
import { textSource, withTempUpload } from './temp-upload.ts';
import type { UploadPlaces } from './upload-places.ts';

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
  const { request, response, mail } = page;
  const { signal } = leaving(response);
  const stream = request.query.progress === 'yes' ? streamProgress(response) : null;
  const read = (source: Source, reading: Reading) =>
    importRecipients(mail, campaign.id, source, {
      ...{ by: page.by, signal },
      onPass: what => stream?.begin(what),
      ...reading,
    });
  try {
    const result = request.is('text/csv')
      ? await withTempUpload(
          bodyStream(request),
          source => read(source, readingOf(page.query(uploadSchema))),
          {
            signal,
            onRead: fraction => stream?.progress(fraction),
          },
        )
      : await read(textSource(pasted(form)), readingOf(form));
    page.render('campaigns/imported', { campaign, result }, result.taken ? 200 : 422);
  } catch (error) {
    if (signal.aborted && request.complete) {
      mail.log.info('a list was left unread: whoever sent it has gone');
      return;
    }
    if (!(error instanceof UnusableFile || error instanceof MailError)) throw error;
    throw new PageError(422, 'Nobody was added', error.message);
  }
}

/** Aborts when whoever asked has gone: nobody would read the result. */
function leaving(response: Response): AbortController {
  const left = new AbortController();
  if (response.destroyed) left.abort();
  response.once('close', () => {
    if (!response.writableEnded) left.abort();
  });
  return left;
}

function pasted({ csv }: RecipientsForm): string {
  if (csv.trim() === '') throw new UnusableFile('Choose a file or paste a list.');
  return csv;
}

function readingOf({ faulty, columns }: Pick<RecipientsForm, 'faulty' | 'columns'>): Reading {
  return { faulty, chosen: chosenColumns(columns) };
}

/** What a person chose for columns, as JSON from header to meaning. */
function chosenColumns(text: string): Record<string, string> {
  if (text === '') return {};
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    throw new PageError(
      422,
      'Nobody was added',
      'The choice of columns cannot be read. Reload the page and try again.',
    );
  }
}
