import type { Response } from 'express';
import { MailError } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';

/** Does something; what the module refuses is shown on the page of streams. */
export async function orSay(response: Response, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    redirectWithFlash(response, 'streams#webhook', { tone: 'failed', text: error.message });
  }
}
