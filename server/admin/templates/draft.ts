import type { Request, Response } from 'express';
import {
  type Conflict,
  type Mail,
  MailError,
  type Saved,
  type Source,
  type SourceRef,
  type SourceView,
  withLocale,
  withoutLocale,
} from '../../mail/index.ts';
import { wantsJson } from '../access/require-sign-in.ts';
import { formField } from '../form-parser.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { showConflict } from './conflict.ts';
import { continueAfterSave } from './draft-next.ts';
import { currentSource, showEditor, viewOf } from './editor-page.ts';
import { type EditorFields, fieldsOf, isSameSource } from './fields.ts';
import { readForm } from './read-form.ts';
import { sourceOf } from './source-of.ts';

/**
 * Saves the editor's form. Whichever button was pressed, the draft is saved first, so that nothing is lost: `next` is `save`, `publish`, `test`, `save-sample-data`, `remove-sample-data:ID`, `add-language`, `remove-language:LOCALE` or
 * `plain-html`.
 */
export async function saveDraft(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  ref: SourceRef,
): Promise<void> {
  const view = await viewOf(mail, ref);
  const fields = chosenFields(view, readForm(request.body), request);
  const form = sourceOf(ref, fields);
  if ('problem' in form) {
    await refuse(mail, show, response, ref, fields, form.problem);
    return;
  }
  const [next = 'save', subject = ''] = formField(request, 'next').split(/:(.*)/s);
  const source = changed(form.source, next, subject, request);
  if ('problem' in source) {
    await refuse(mail, show, response, ref, fields, source.problem);
    return;
  }
  const result = await store(mail, view, source, request, response);
  if (result.state === 'conflict') {
    await answerConflict(show, response, ref, fields, result);
    return;
  }
  const hasDraft = view.draft !== null || result.revision !== view.revision;
  if (wantsJson(request)) {
    response.json({ revision: result.revision, at: new Date().toISOString(), hasDraft });
    return;
  }
  await continueAfterSave(mail, show, request, response, source, { next, subject, hasDraft });
}

/** Of a resolved conflict: the contract's table may have been left to the other side. */
function chosenFields(view: SourceView, fields: EditorFields, request: Request): EditorFields {
  return formField(request, 'keepTable') === 'theirs'
    ? { ...fields, rows: fieldsOf(currentSource(view)).rows, sample: fieldsOf(currentSource(view)).sample }
    : fields;
}

function changed(
  source: Source,
  next: string,
  subject: string,
  request: Request,
): Source | { problem: string } {
  if (source.kind !== 'template') return source;
  try {
    if (next === 'add-language') return withLocale(source, formField(request, 'newLanguage').trim());
    if (next === 'remove-language') return withoutLocale(source, subject);
    return next === 'plain-html' ? withoutMjml(source) : source;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return { problem: error.message };
  }
}

function withoutMjml(source: Source<'template'>): Source<'template'> {
  const { default: main, ...others } = source.content.locales;
  const plain = ({ mjml: _, ...parts }: typeof main) => parts;
  const rest = Object.fromEntries(Object.entries(others).map(([locale, parts]) => [locale, plain(parts)]));
  return { ...source, content: { ...source.content, locales: { ...rest, default: plain(main) } } };
}

/** Saves a draft if something changed; a test of an unchanged template creates none. */
async function store(
  mail: Mail,
  view: SourceView,
  source: Source,
  request: Request,
  response: Response,
): Promise<Saved | Conflict> {
  const revision = Number(formField(request, 'revision'));
  const isSame = isSameSource(source, currentSource(view));
  const base = formField(request, 'baseVersion');
  if (isSame && base === '' && revision === view.revision) return { state: 'saved', revision };
  return mail.templates.saveDraft(source, {
    revision,
    by: personOf(response).id,
    ...(base !== '' && { baseVersion: Number(base) }),
  });
}

async function refuse(
  mail: Mail,
  show: Show,
  response: Response,
  ref: SourceRef,
  fields: EditorFields,
  problem: string,
): Promise<void> {
  if (wantsJson(response.req)) response.status(422).json({ code: 'invalid', message: problem });
  else await showEditor(mail, show, response, ref, { unsaved: { fields, problem } });
}

async function answerConflict(
  show: Show,
  response: Response,
  ref: SourceRef,
  fields: EditorFields,
  conflict: Conflict,
): Promise<void> {
  if (wantsJson(response.req)) response.status(409).json({ code: 'conflict', reason: conflict.reason });
  else await showConflict(show, response, ref, fields, conflict);
}
