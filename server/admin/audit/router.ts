import { Router } from 'express';
import Joi from 'joi';
import type { AuditFilter, Mail } from '../../mail/index.ts';
import { notFound, unreadable } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import { changeLines } from './change-lines.ts';
import { personId, withNames } from './names.ts';
import { subjectPage } from './subject-link.ts';

const filterSchema: Joi.ObjectSchema<AuditFilter> = Joi.object({
  by: Joi.string().trim().max(200).empty(''),
  action: Joi.string().trim().max(64).empty(''),
  subject: Joi.string().trim().max(300).empty(''),
  cursor: idSchema().empty(''),
});

/** The audit log: who changed what, and one change with before and after. */
export function auditRouter(mail: Mail, show: Show): Router {
  const router = Router();
  router.use(allow('publisher'));

  router.get('/', async ({ query }, response) => {
    const { error, value: filter } = filterSchema.validate(query, { stripUnknown: true });
    if (error) throw unreadable('A person has at most 200 characters, an action 64, a subject 300.');
    const { by = '', action = '', subject = '' } = filter;
    const [{ entries, cursor }, actions] = await Promise.all([
      mail.audit.list({ ...filter, ...(by && { by: await personId(mail, by) }) }),
      mail.audit.actions(),
    ]);
    show(response, 'audit/index', {
      filter: { by, action, subject },
      filtered: by !== '' || action !== '' || subject !== '',
      paged: filter.cursor !== undefined,
      actions: [...new Set([...actions, ...(action ? [action] : [])])].sort(),
      entries: await withNames(mail, entries),
      cursor,
    });
  });

  router.get('/:id', async ({ params: { id } }, response) => {
    const entry = idSchema().validate(id).error ? null : await mail.audit.get(id);
    if (!entry) throw notFound('There is no such entry.');
    const [named] = await withNames(mail, [entry]);
    const lines = changeLines(entry.before, entry.after);
    show(response, 'audit/show', { entry: named, lines, page: subjectPage(entry.subject) });
  });

  return router;
}

function idSchema(): Joi.StringSchema {
  return Joi.string().pattern(/^[1-9]\d{0,17}$/);
}
