import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { notFound } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { orSay } from './or-say.ts';
import { webhookProviders } from './webhook-address.ts';

/** Passwords of the webhook: a new one is shown in the answer itself and nowhere else. */
export function passwordRouter(
  mail: Mail,
  show: Show,
  { publicUrl, webhookUsers = [] }: StreamOptions,
): Router {
  const router = Router();
  router.use(allow('admin'));

  router.post('/', async (_request, response) => {
    await orSay(response, async () => {
      const made = await mail.webhookPasswords.add({ by: personOf(response).id });
      show(response, 'streams/password', { ...made, providers: webhookProviders(mail, response, publicUrl) });
    });
  });

  router.get('/:id/remove', async ({ params }, response) => {
    const passwords = await mail.webhookPasswords.list();
    const password = passwords.find(({ id }) => String(id) === params.id);
    if (!password) throw notFound('This password has already been removed.');
    show(response, 'streams/remove', { password, others: passwords.length - 1 + webhookUsers.length });
  });

  router.post('/:id/remove', async ({ params }, response) => {
    const by = personOf(response).id;
    await orSay(response, async () => {
      await mail.webhookPasswords.remove(Number(params.id), { by, keepLast: webhookUsers.length === 0 });
      redirectWithFlash(
        response,
        'streams#webhook',
        'Removed. Events sent with this password are now refused.',
      );
    });
  });

  return router;
}
