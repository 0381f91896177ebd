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

const faults: Record<string, string> = {
  by: 'A person is an id, or the address of an account, of at most 200 characters.',
  action: 'An action is like template.publish, at most 64 characters.',
  subject: 'A subject is like template:newsletter, at most 300 characters.',
  cursor: 'The page you asked for is not part of this list.',
};

/** The audit log: who changed what, and one change with before and after. */
export function auditRouter(mail: Mail, show: Show): Router {
  const router = Router();
  router.use(allow('publisher'));

  router.get('/', async ({ query }, response) => {
    const { error, value: filter } = filterSchema.validate(query, { stripUnknown: true });
    if (error) throw unreadable(faults[String(error.details[0]?.path[0])] ?? 'The filters cannot be read.');
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
