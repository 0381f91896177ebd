import type { Router } from 'express';
import Joi from 'joi';
import type { AuditEntry, AuditFilter, Mail } from '../../mail/index.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { queryField } from '../query.ts';
import type { Show } from '../views.ts';
import { actionLabel } from './action-labels.ts';
import { changeLines } from './change-lines.ts';
import { personId, withNames } from './names.ts';
import { type Sources, subjectsOf } from './subjects.ts';

const idPattern = /^[1-9]\d{0,17}$/;

const filterSchema: Joi.ObjectSchema<AuditFilter> = Joi.object({
  by: queryField.text(200, 'The person must be an id or the address of an account, at most 200 characters.'),
  action: queryField.word('The action must look like template.publish, at most 64 characters.'),
  subject: queryField.text(300, 'The subject must look like template:newsletter, at most 300 characters.'),
  cursor: queryField.cursor(idPattern),
});

/** The audit log: who changed what, and one change with before and after. */
export function auditRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'audit.view', listEntries);
  routes.get('/:id', 'audit.view', showEntry);
  return routes.router;
}

async function listEntries(page: Page): Promise<void> {
  const { mail, directory, person } = page;
  const filter = page.query(filterSchema);
  const { by = '', action = '', subject = '' } = filter;
  const [{ entries, cursor }, actions] = await Promise.all([
    mail.audit.list({ ...filter, ...(by && { by: await personId(directory, by) }) }),
    mail.audit.actions(),
  ]);
  page.render('audit/index', {
    filter: { by, action, subject },
    filtered: by !== '' || action !== '' || subject !== '',
    paged: filter.cursor !== undefined,
    actions: [...new Set([...actions, ...(action ? [action] : [])])].sort().map(withLabel),
    entries: await described({ mail, directory, person }, entries),
    cursor,
  });
}

async function showEntry(page: Page): Promise<void> {
  const id = page.param('id');
  const entry = idPattern.test(id) ? await page.mail.audit.get(id) : null;
  if (!entry) throw notFound('There is no such entry.');
  const { mail, directory, person } = page;
  const [shown] = await described({ mail, directory, person }, [entry]);
  page.render('audit/show', { entry: shown, lines: changeLines(entry.before, entry.after) });
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

function withLabel(action: string): { action: string; done: string } {
  return { action, done: actionLabel(action) };
}
