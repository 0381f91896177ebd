import type { Request, Response } from 'express';
import {
  type Conflict,
  type Mail,
  type Saved,
  type Source,
  type SourceRef,
  type SourceView,
  withLocale,
  withoutLocale,
} from '../../mail/index.ts';
import { wantsJson } from '../access/gate.ts';
import { textIn } from '../access/text-in.ts';
import { redirectWith } from '../notice.ts';
import { personOf } from '../person.ts';
import { placeOf } from '../place.ts';
import type { Show } from '../views.ts';
import { removeCase, saveCase } from './cases.ts';
import { showConflict } from './conflict.ts';
import { currentSource, showEditor, viewOf } from './editor-page.ts';
import { type EditorFields, fieldsOf, isSameSource } from './fields.ts';
import { readForm } from './read-form.ts';
import { refText } from './reference.ts';
import { sourceOf } from './source-of.ts';
import { sendTestOf } from './test-send.ts';

/**
 * Takes the editor's form. Whatever its button wants, what was typed is stored first, so that nothing is lost on the
 * way: `next` is `save`, `publish`, `test`, `case`, `remove-case:ID`, `add-language`, `remove-language:LOCALE` or
 * `plain-html`.
 */
export async function takeDraft(
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
  const [next = 'save', subject = ''] = textIn(request, 'next').split(/:(.*)/s);
  const source = changed(form.source, next, subject, request);
  const result = await store(mail, view, source, request, response);
  if (result.state === 'conflict') {
    await answerConflict(mail, show, response, ref, fields, result);
    return;
  }
  if (wantsJson(request)) {
    const hasDraft = view.draft !== null || result.revision !== view.revision;
    response.json({ revision: result.revision, at: new Date().toISOString(), hasDraft });
    return;
  }
  await goOn(mail, request, response, source, next, subject);
}

/** Of a conflict that was settled: the contract's table may have been left to the other side. */
function chosenFields(view: SourceView, fields: EditorFields, request: Request): EditorFields {
  return textIn(request, 'keepTable') === 'theirs'
    ? { ...fields, rows: fieldsOf(currentSource(view)).rows, sample: fieldsOf(currentSource(view)).sample }
    : fields;
}

function changed(source: Source, next: string, subject: string, request: Request): Source {
  if (source.kind !== 'template') return source;
  if (next === 'add-language') return withLocale(source, textIn(request, 'newLanguage').trim());
  if (next === 'remove-language') return withoutLocale(source, subject);
  if (next === 'plain-html') {
    const locales = Object.entries(source.content.locales).map(([locale, { mjml: _, ...parts }]) => [
      locale,
      parts,
    ]);
    return { ...source, content: { ...source.content, locales: Object.fromEntries(locales) } };
  }
  return source;
}

/** Stores what differs from what there is; a test of an untouched template makes no draft. */
async function store(
  mail: Mail,
  view: SourceView,
  source: Source,
  request: Request,
  response: Response,
): Promise<Saved | Conflict> {
  const revision = Number(textIn(request, 'revision'));
  const isSame = isSameSource(source, currentSource(view));
  const base = textIn(request, 'baseVersion');
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
  else await showEditor(mail, show, response, ref, { typed: { fields, problem } });
}

async function answerConflict(
  mail: Mail,
  show: Show,
  response: Response,
  ref: SourceRef,
  fields: EditorFields,
  conflict: Conflict,
): Promise<void> {
  if (wantsJson(response.req)) response.status(409).json({ code: 'conflict', reason: conflict.reason });
  else await showConflict(mail, show, response, ref, fields, conflict);
}

async function goOn(
  mail: Mail,
  request: Request,
  response: Response,
  source: Source,
  next: string,
  subject: string,
): Promise<void> {
  const page = `templates/${encodeURIComponent(refText(source))}`;
  const back = (locale: string) =>
    locale === '' || locale === 'default' ? page : `${page}?locale=${locale}`;
  const by = personOf(response).id;
  const stay = back(textIn(request, 'shownLanguage'));
  switch (next) {
    case 'publish':
      response.redirect(303, `${placeOf(response).mount}${page}/publication`);
      return;
    case 'test':
      redirectWith(response, stay, await sendTestOf(mail, source, request, by));
      return;
    case 'case':
      redirectWith(response, stay, await saveCase(mail, source, request, by));
      return;
    case 'remove-case':
      redirectWith(response, stay, await removeCase(mail, source, subject, by));
      return;
    case 'add-language':
      redirectWith(
        response,
        back(textIn(request, 'newLanguage').trim()),
        'The language was added; its words are those of the default, to be translated.',
      );
      return;
    case 'remove-language':
      redirectWith(
        response,
        page,
        'The language was removed from the draft; its recipients will get the default.',
      );
      return;
    default:
      redirectWith(response, stay, 'The draft is saved.');
  }
}
