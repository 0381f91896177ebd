import type { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { webhookProviders } from './webhook-address.ts';

/** Passwords of the webhook: a new one is shown in the answer itself and nowhere else. */
export function passwordRouter(mail: Mail, show: Show, options: StreamOptions): Router {
  const routes = guardedPages(mail, show);
  routes.post('/', 'webhooks.set-up', noFields, page => addPassword(page, options));
  routes.get('/:id/remove', 'webhooks.set-up', page => confirmRemoval(page, options));
  routes.post('/:id/remove', 'webhooks.set-up', noFields, page => removePassword(page, options));
  return routes.router;
}

async function addPassword(page: Page, options: StreamOptions): Promise<void> {
  await page.orFlashError('streams#webhook', async () => {
    const made = await page.mail.webhookPasswords.add({ by: page.by });
    page.render('streams/password', { ...made, providers: webhookProviders(page, options) });
  });
}

async function confirmRemoval(page: Page, { webhookUsers = [] }: StreamOptions): Promise<void> {
  const { password, passwords } = await findPassword(page);
  page.render('streams/remove', { password, others: passwords.length - 1 + webhookUsers.length });
}

async function removePassword(page: Page, { webhookUsers = [] }: StreamOptions): Promise<void> {
  const { password } = await findPassword(page);
  await page.orFlashError('streams#webhook', async () => {
    const change = { by: page.by, keepLast: webhookUsers.length === 0 };
    await page.mail.webhookPasswords.remove(password.id, change);
    page.redirect('streams#webhook', 'Removed. Events sent with this password are now refused.');
  });
}

async function findPassword(page: Page) {
  const passwords = await page.mail.webhookPasswords.list();
  const password = passwords.find(({ id }) => String(id) === page.param('id'));
  if (!password) throw notFound('This password has already been removed.');
  return { password, passwords };
}
