import type { Response } from 'express';
import { bodyStream } from '../../body/read-body.ts';
import { MailError } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { PageError } from '../page-error.ts';
import { streamProgress } from '../progress-stream.ts';
import { UnusableFile } from './csv/import.ts';
import type { Source } from './csv/lines.ts';
import { textSource, withTempUpload } from './temp-upload.ts';

/** What reads a list: it tells how far it is, and ends when nobody waits for it any more. */
export interface ListReading {
  signal: AbortSignal;
  onPass(what: 'checking' | 'adding'): void;
}

/** Where a list comes from, what reads it, and what it is called where it cannot be read. */
interface GivenList<T> {
  /** What was pasted into the form, where no file was sent. */
  csv: string;
  /** Heading of the page that says why the list cannot be read. */
  refusal: string;
  read(source: Source, reading: ListReading): Promise<T>;
}

/**
 * Reads a list that was pasted into a form, or that a script sends as it is, text/csv; with `progress=yes` its progress
 * goes ahead of the page. Null when whoever sent it has gone.
 */
export async function readGivenList<T>(page: Page, { csv, refusal, read }: GivenList<T>): Promise<T | null> {
  const { request, response, mail } = page;
  const { signal } = leaving(response);
  const stream = request.query.progress === 'yes' ? streamProgress(response) : null;
  const reading = { signal, onPass: (what: 'checking' | 'adding') => stream?.begin(what) };
  try {
    return request.is('text/csv')
      ? await withTempUpload(bodyStream(request), source => read(source, reading), {
          signal,
          onRead: fraction => stream?.progress(fraction),
        })
      : await read(textSource(pasted(csv)), reading);
  } catch (error) {
    if (signal.aborted && request.complete) {
      mail.log.info('a list was left unread: its sender has gone');
      return null;
    }
    if (!(error instanceof UnusableFile || error instanceof MailError)) throw error;
    throw new PageError(422, refusal, error.message);
  }
}

/** Aborts when the sender has gone: nobody would read the result. */
function leaving(response: Response): AbortController {
  const left = new AbortController();
  if (response.destroyed) left.abort();
  response.once('close', () => {
    if (!response.writableEnded) left.abort();
  });
  return left;
}

function pasted(csv: string): string {
  if (csv.trim() === '') throw new UnusableFile('Choose a file or paste a list.');
  return csv;
}

/** What a person chose for columns, as JSON from header to meaning. */
export function chosenColumns(text: string, refusal: string): Record<string, string> {
  if (text === '') return {};
  try {
    const entries = Object.entries(JSON.parse(text) as object);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    throw new PageError(422, refusal, 'The choice of columns cannot be read. Reload the page and try again.');
  }
}
