import type { Response } from 'express';

/** Sends the progress of long work ahead of the page that answers the request. */
export interface ProgressStream {
  /** A part of the work begins, such as `checking`. */
  begin(part: string): void;
  /** How much of that part is done, from 0 to 1. */
  progress(fraction: number): void;
}

const step = 0.01;

/**
 * Sends progress as comments ahead of the page, such as `<!-- adding 0.42 -->`: a script reads them as they come, and the
 * whole is still that page. Once something was sent, the answer's status is 200, whatever the page says.
 */
export function streamProgress(response: Response): ProgressStream {
  let [part, sent] = ['', 0];
  return {
    begin(next) {
      [part, sent] = [next, 0];
    },
    progress(fraction) {
      if (fraction >= 1 || fraction < sent + step) return;
      sent = fraction;
      // A host that compresses would hold it back.
      if (!response.headersSent)
        response.status(200).type('html').set('Cache-Control', 'no-store, no-transform');
      response.locals.isStreaming = true;
      response.write(`<!-- ${part} ${fraction.toFixed(2)} -->\n`);
    },
  };
}

/** True when progress was sent and the page is still to come. */
export function isStreaming(response: Response): boolean {
  return response.locals.isStreaming === true && !response.writableEnded;
}
