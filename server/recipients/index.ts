import { Router } from 'express';
import type { Mail } from '../mail/index.ts';
import { confirmationRouter } from './confirm.ts';
import { preferenceRouter } from './preferences.ts';
import { unsubscribeRouter } from './unsubscribe.ts';

/** The pages that links in mail lead recipients to. */
export function recipientRouter(mail: Pick<Mail, 'consent'>): Router {
  return Router().use(confirmationRouter(mail), unsubscribeRouter(mail), preferenceRouter(mail));
}
