import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import type { Show } from '../views.ts';

/** The nights: what the provider's books held, what we had missed, and what could not be read. */
export function reconciliationRouter(mail: Mail, show: Show): Router {
  const router = Router();
  router.get('/', async (_request, response) => {
    show(response, 'reconciliations/index', { nights: await mail.reconciliations.list() });
  });
  return router;
}
