import {
  type Conflict,
  MailError,
  type Saved,
  type Source,
  type SourceView,
  withLocale,
  withoutLocale,
} from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { actionIn, continueAfterSave } from './after-save.ts';
import { showConflict } from './conflict.ts';
import { showEditor } from './editor-page.ts';
import { type EditorFields, fieldsOf, isSameSource } from './fields.ts';
import type { RevisionForm } from './forms.ts';
import type { EditorForm } from './read-form.ts';
import { sourceOf } from './source-of.ts';
import { currentSource, editorPath, refOf, viewOf } from './source-page.ts';

/** Saves the editor's form. Whichever button was pressed, the draft is saved first, so that nothing is lost. */
export async function saveDraft(page: Page, form: EditorForm): Promise<void> {
  const view = await viewOf(page);
  const fields = fieldsIn(form, view);
  const described = sourceOf(view.ref, fields);
  const source = 'problem' in described ? described : changed(form, described.source);
  if ('problem' in source) return refuse(page, fields, source.problem);
  const result = await store(page, form, view, source);
  if (result.state === 'conflict') return answerConflict(page, fields, result);
  const { revision } = result;
  const hasDraft = view.draft !== null || revision !== view.revision;
  if (page.wantsJson) return page.json({ revision, at: new Date().toISOString(), hasDraft });
  await continueAfterSave(page, form, source, hasDraft);
}

/** The form; of a resolved conflict the contract's table may be left to the other side. */
function fieldsIn(fields: EditorForm, view: SourceView): EditorFields {
  if (fields.keepTable !== 'theirs') return fields;
  const { rows, sample } = fieldsOf(currentSource(view));
  return { ...fields, rows, sample };
}

/** The source with what the button changes about it. */
function changed(form: EditorForm, source: Source): Source | { problem: string } {
  if (source.kind !== 'template') return source;
  const { name, subject } = actionIn(form);
  try {
    if (name === 'add-language') return withLocale(source, form.newLanguage);
    if (name === 'remove-language') return withoutLocale(source, subject);
    return name === 'plain-html' ? withoutMjml(source) : source;
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
  page: Page,
  { revision, baseVersion: base }: EditorForm,
  view: SourceView,
  source: Source,
): Promise<Saved | Conflict> {
  const isSame = isSameSource(source, currentSource(view));
  if (isSame && base === null && revision === view.revision) return { state: 'saved', revision };
  const merged = base !== null && { baseVersion: base };
  return page.mail.templates.saveDraft(source, { revision, by: page.by, ...merged });
}

async function refuse(page: Page, fields: EditorFields, problem: string): Promise<void> {
  if (page.wantsJson) page.json({ code: 'invalid', message: problem }, 422);
  else await showEditor(page, { unsaved: { fields, problem } });
}

async function answerConflict(page: Page, fields: EditorFields, conflict: Conflict): Promise<void> {
  if (page.wantsJson) page.json({ code: 'conflict', reason: conflict.reason }, 409);
  else await showConflict(page, fields, conflict);
}

/** Discards the draft, unless somebody has changed it meanwhile. */
export async function discardDraft(page: Page, { revision }: RevisionForm): Promise<void> {
  const { mail, by } = page;
  const ref = refOf(page);
  const result = await mail.templates.discardDraft(ref, { revision, by });
  if (result.state === 'conflict')
    return page.redirect(editorPath(ref), {
      tone: 'failed',
      text: 'The draft was not discarded, because somebody changed it in the meantime. This is its current content.',
    });
  const isLeft = (await mail.templates.get(ref)) !== null;
  page.redirect(isLeft ? editorPath(ref) : 'templates', 'Draft discarded.');
}
