import type { Response } from 'express';

/** Tells who waits for an answer how far the work for it is. */
export interface Telling {
  /** A part of the work begins, such as `checking`. */
  begin(part: string): void;
  /** How much of that part is done, from 0 to 1. */
  reach(share: number): void;
}

const step = 0.01;

/**
 * Tells it in comments ahead of the page that answers, such as `<!-- adding 0.42 -->`: a script reads them as they come,
 * and the whole is still that page. Once told, the answer's status is 200, whatever the page says.
 */
export function tellBefore(response: Response): Telling {
  let [part, told] = ['', 0];
  return {
    begin(next) {
      [part, told] = [next, 0];
    },
    reach(share) {
      if (share >= 1 || share < told + step) return;
      told = share;
      if (!response.headersSent) response.status(200).type('html');
      response.locals.isTelling = true;
      response.write(`<!-- ${part} ${share.toFixed(2)} -->\n`);
    },
  };
}

/** True when something was told and the page is still to come. */
export function isTelling(response: Response): boolean {
  return response.locals.isTelling === true && !response.writableEnded;
}
