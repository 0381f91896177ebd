import type { Request, Response } from 'express';
import { canonicalLocale, type Mail, type Source } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { formField } from '../form-parser.ts';
import { locationOf } from '../page-location.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { type EditorState, showEditor } from './editor-page.ts';
import { refText } from './reference.ts';
import { removeSampleData, sampleDataIn, saveSampleData } from './sample-data.ts';
import { sendTestOf } from './test-send.ts';

/** Does what the form's button asks for besides saving the draft, which is saved by now; see `saveDraft`. */
export async function continueAfterSave(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  source: Source,
  { next, subject, hasDraft }: { next: string; subject: string; hasDraft: boolean },
): Promise<void> {
  const page = `templates/${encodeURIComponent(refText(source))}`;
  const by = personOf(response).id;
  const locale = formField(request, 'shownLanguage');
  const at = (query: Record<string, string>) => {
    const { locale: language = 'default', ...rest } = query;
    const asked = new URLSearchParams({
      ...(language !== 'default' && { locale: language }),
      ...rest,
    }).toString();
    return asked === '' ? page : `${page}?${asked}`;
  };
  const stay = at(locale === '' ? {} : { locale });
  switch (next) {
    case 'publish':
      response.redirect(303, `${locationOf(response).mount}${page}/publication`);
      return;
    case 'test': {
      const notice = await sendTestOf(mail, source, request, by);
      if (notice.tone === 'done') redirectWithFlash(response, stay, notice);
      else await showRefusal({ problem: notice.text, testTo: formField(request, 'testTo') });
      return;
    }
    case 'save-sample-data': {
      const fields = sampleDataIn(request);
      const saved = await saveSampleData(mail, source, fields, by);
      if ('problem' in saved) await showRefusal({ problem: saved.problem, newSampleData: fields });
      else
        redirectWithFlash(
          response,
          at({ locale, sampleData: saved.id }),
          `Sample data ${fields.name.trim()} saved.`,
        );
      return;
    }
    case 'remove-sample-data':
      redirectWithFlash(response, stay, await removeSampleData(mail, source, subject, by));
      return;
    case 'add-language':
      redirectWithFlash(
        response,
        at({ locale: canonicalLocale(formField(request, 'newLanguage').trim()) }),
        'Language added. It starts as a copy of the default, ready to be translated.',
      );
      return;
    case 'remove-language':
      redirectWithFlash(
        response,
        page,
        'Language removed from the draft. Its recipients will get the default.',
      );
      return;
    default:
      redirectWithFlash(
        response,
        stay,
        hasDraft ? 'Draft saved.' : 'Nothing to save: the content is the same as the published version.',
      );
  }

  // The draft is saved by now; the other fields keep their values on the page.
  function showRefusal(refused: NonNullable<EditorState['refused']>): Promise<void> {
    return showEditor(mail, show, response, source, { locale, refused });
  }
}
