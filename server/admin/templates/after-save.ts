import { canonicalLocale, type Source, type SourceRef } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { showEditor } from './editor-page.ts';
import type { EditorForm } from './read-form.ts';
import { removeSampleData, saveSampleData } from './sample-data.ts';
import { editorPath } from './source-page.ts';
import { sendTest } from './test-send.ts';

/** What a button of the editor's form asks for, besides saving the draft. */
export interface FormAction {
  /** `save`, `publish`, `test`, `save-sample-data`, `remove-sample-data`, `add-language`, `remove-language`, `plain-html`. */
  name: string;
  /** Of `remove-sample-data:ID` and `remove-language:LOCALE` what follows the colon. */
  subject: string;
}

/** The button that was pressed. */
export function actionIn({ next }: EditorForm): FormAction {
  const [name = '', subject = ''] = next.split(/:(.*)/s);
  return { name, subject };
}

/** Does what the button asks for; the draft is saved by now, so that a refusal loses nothing. */
export async function continueAfterSave(
  page: Page,
  form: EditorForm,
  source: Source,
  hasDraft: boolean,
): Promise<void> {
  const { name, subject } = actionIn(form);
  const { shownLanguage: locale, testTo, sampleData: fields } = form;
  const back = pathIn(source, locale);
  switch (name) {
    case 'publish':
      return page.redirect(`${editorPath(source)}/publication`);
    case 'test': {
      const flash = await sendTest(page, form, source);
      if (flash.tone === 'done') return page.redirect(back, flash);
      return showEditor(page, { locale, refused: { problem: flash.text, testTo } });
    }
    case 'save-sample-data': {
      const saved = await saveSampleData(page, source, fields);
      if ('id' in saved)
        return page.redirect(
          pathIn(source, locale, { sampleData: saved.id }),
          `Sample data ${fields.name.trim()} saved.`,
        );
      return showEditor(page, { locale, refused: { problem: saved.problem, newSampleData: fields } });
    }
    case 'remove-sample-data':
      return page.redirect(back, await removeSampleData(page, source, subject));
    case 'add-language':
      return page.redirect(
        pathIn(source, canonicalLocale(form.newLanguage)),
        'Language added. It starts as a copy of the default, ready to be translated.',
      );
    case 'remove-language':
      return page.redirect(
        editorPath(source),
        'Language removed from the draft. Its recipients will get the default.',
      );
    default:
      return page.redirect(
        back,
        hasDraft ? 'Draft saved.' : 'Nothing to save: the content is the same as the published version.',
      );
  }
}

/** The editor with this language open. */
function pathIn(ref: SourceRef, locale: string, more: Record<string, string> = {}): string {
  const isDefault = locale === '' || locale === 'default';
  const query = String(new URLSearchParams({ ...(!isDefault && { locale }), ...more }));
  return query === '' ? editorPath(ref) : `${editorPath(ref)}?${query}`;
}
