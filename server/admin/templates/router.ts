import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { sendMailHtml } from '../headers.ts';
import type { Show } from '../views.ts';

/** Templates, each as it looks with its sample data. */
export function templateRouter(mail: Mail, show: Show): Router {
  const router = Router();

  router.get('/', async (_request, response) => {
    const keys = await mail.templates.keys();
    const templates = await Promise.all(
      keys.map(async key => ({ key, subject: (await mail.templates.sample(key)).subject })),
    );
    show(response, 'templates/index', { templates });
  });

  router.get('/:key', async ({ params: { key } }, response) => {
    show(response, 'templates/show', { key, rendered: await mail.templates.sample(key) });
  });

  router.get('/:key/preview', async ({ params: { key } }, response) => {
    const { html } = await mail.templates.sample(key);
    sendMailHtml(response, html);
  });

  return router;
}
