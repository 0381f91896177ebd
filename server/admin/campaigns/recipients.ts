import { bodyStream } from '../../body/read-body.ts';
import { MailError } from '../../mail/index.ts';
import { formField } from '../form-parser.ts';
import type { Page } from '../page.ts';
import { PageError } from '../page-error.ts';
import { streamProgress } from '../progress-stream.ts';
import { importRecipients, UnusableFile } from './csv/import.ts';
import type { Source } from './csv/lines.ts';
import { findCampaign } from './find.ts';
import { textSource, withTempUpload } from './temp-upload.ts';

/** How a list is to be read, from the address of an upload or from the form beside a pasted list. */
interface Reading {
  faulty: 'take' | 'refuse';
  chosen: Record<string, string>;
}

/**
 * Adds a list of recipients: a script sends the file as it is, text/csv, and may ask for its progress by `progress=yes`;
 * without a script it is pasted into a form.
 */
export async function addRecipients(page: Page): Promise<void> {
  const { request, response, mail } = page;
  const campaign = await findCampaign(page);
  const stream = request.query.progress === 'yes' ? streamProgress(response) : null;
  const read = (source: Source, reading: Reading) =>
    importRecipients(mail, campaign.id, source, {
      by: page.by,
      onPass: what => stream?.begin(what),
      ...reading,
    });
  try {
    const result = request.is('text/csv')
      ? await withTempUpload(
          bodyStream(request),
          source => read(source, readingOf(request.query)),
          fraction => stream?.progress(fraction),
        )
      : await read(textSource(pasted(page)), readingOf(request.body));
    page.render('campaigns/imported', { campaign, result }, result.taken ? 200 : 422);
  } catch (error) {
    if (!(error instanceof UnusableFile || error instanceof MailError)) throw error;
    throw new PageError(422, 'Nobody was added', error.message);
  }
}

function pasted(page: Page): string {
  const text = formField(page.request, 'csv');
  if (text.trim() === '') throw new UnusableFile('Choose a file or paste a list.');
  return text;
}

function readingOf(given: Record<string, unknown> | undefined): Reading {
  return { faulty: given?.faulty === 'refuse' ? 'refuse' : 'take', chosen: chosenColumns(given?.columns) };
}

/** What a person chose for columns, as JSON from header to meaning. */
function chosenColumns(text: unknown): Record<string, string> {
  if (typeof text !== 'string' || text === '') return {};
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
