import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { type Page, pagesOf } from '../page.ts';
import { notFound } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { webhookProviders } from './webhook-address.ts';

/** Passwords of the webhook: a new one is shown in the answer itself and nowhere else. */
export function passwordRouter(mail: Mail, show: Show, options: StreamOptions): Router {
  const router = Router();
  const page = pagesOf(mail, show);
  router.use(allow('admin'));
  router.post(
    '/',
    page(asked => addPassword(asked, options)),
  );
  router.get(
    '/:id/remove',
    page(asked => confirmRemoval(asked, options)),
  );
  router.post(
    '/:id/remove',
    page(asked => removePassword(asked, options)),
  );
  return router;
}

async function addPassword(page: Page, options: StreamOptions): Promise<void> {
  await page.orFlashError('streams#webhook', async () => {
    const made = await page.mail.webhookPasswords.add({ by: page.by });
    page.render('streams/password', { ...made, providers: webhookProviders(page, options) });
  });
}

async function confirmRemoval(page: Page, { webhookUsers = [] }: StreamOptions): Promise<void> {
  const passwords = await page.mail.webhookPasswords.list();
  const password = passwords.find(({ id }) => String(id) === page.param('id'));
  if (!password) throw notFound('This password has already been removed.');
  page.render('streams/remove', { password, others: passwords.length - 1 + webhookUsers.length });
}

async function removePassword(page: Page, { webhookUsers = [] }: StreamOptions): Promise<void> {
  await page.orFlashError('streams#webhook', async () => {
    const change = { by: page.by, keepLast: webhookUsers.length === 0 };
    await page.mail.webhookPasswords.remove(Number(page.param('id')), change);
    page.redirect('streams#webhook', 'Removed. Events sent with this password are now refused.');
  });
}
