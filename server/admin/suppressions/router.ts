import { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../../mail/index.ts';
import { unreadable } from '../page-error.ts';
import type { Show } from '../views.ts';

/** How many are shown at once; an address finds the others. */
const shown = 200;

const filterSchema: Joi.ObjectSchema<{ address?: string }> = Joi.object({
  address: Joi.string().trim().max(254).empty(''),
});

/** Who is not mailed, on which stream, and why. */
export function suppressionRouter(mail: Mail, show: Show): Router {
  const router = Router();
  router.get('/', async ({ query }, response) => {
    const { error, value } = filterSchema.validate(query, { stripUnknown: true });
    if (error) throw unreadable('The address has at most 254 characters.');
    const suppressions = await mail.suppressions.list({ ...value, limit: shown + 1 });
    show(response, 'suppressions/index', {
      address: value.address ?? '',
      suppressions: suppressions.slice(0, shown),
      more: suppressions.length > shown,
    });
  });
  return router;
}
