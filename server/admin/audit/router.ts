import { Router } from 'express';
import Joi from 'joi';
import type { AuditEntry, AuditFilter, Mail } from '../../mail/index.ts';
import { directoryOf } from '../access/session.ts';
import { notFound, unreadable } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import { actionLabel } from './action-labels.ts';
import { changeLines } from './change-lines.ts';
import { personId, withNames } from './names.ts';
import { type Sources, subjectsOf } from './subjects.ts';

const filterSchema: Joi.ObjectSchema<AuditFilter> = Joi.object({
  by: Joi.string().trim().max(200).empty(''),
  action: Joi.string().trim().max(64).empty(''),
  subject: Joi.string().trim().max(300).empty(''),
  cursor: idSchema().empty(''),
});

const faults: Record<string, string> = {
  by: 'The person must be an id or the address of an account, at most 200 characters.',
  action: 'The action must look like template.publish, at most 64 characters.',
  subject: 'The subject must look like template:newsletter, at most 300 characters.',
  cursor: 'There is no such page of this list.',
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
      mail.audit.list({ ...filter, ...(by && { by: await personId(directoryOf(response), by) }) }),
      mail.audit.actions(),
    ]);
    show(response, 'audit/index', {
      filter: { by, action, subject },
      filtered: by !== '' || action !== '' || subject !== '',
      paged: filter.cursor !== undefined,
      actions: [...new Set([...actions, ...(action ? [action] : [])])].sort().map(withWords),
      entries: await described({ mail, directory: directoryOf(response) }, entries),
      cursor,
    });
  });

  router.get('/:id', async ({ params: { id } }, response) => {
    const entry = idSchema().validate(id).error ? null : await mail.audit.get(id);
    if (!entry) throw notFound('There is no such entry.');
    const [shown] = await described({ mail, directory: directoryOf(response) }, [entry]);
    show(response, 'audit/show', { entry: shown, lines: changeLines(entry.before, entry.after) });
  });

  return router;
}

/** Entries in words: what was done, to what, by whom. */
async function described<T extends Pick<AuditEntry, 'by' | 'action' | 'subject'>>(
  from: Sources,
  entries: readonly T[],
) {
  const [named, subjects] = await Promise.all([
    withNames(from.directory, entries),
    subjectsOf(
      from,
      entries.map(({ subject }) => subject),
    ),
  ]);
  return named.map(entry => ({
    ...entry,
    done: actionLabel(entry.action),
    about: subjects.get(entry.subject) ?? { name: entry.subject, page: null },
  }));
}

function withWords(action: string): { action: string; done: string } {
  return { action, done: actionLabel(action) };
}

function idSchema(): Joi.StringSchema {
  return Joi.string().pattern(/^[1-9]\d{0,17}$/);
}
