import type { Request, Response } from 'express';
import { canonicalLocale, type Mail, type Source } from '../../mail/index.ts';
import { textIn } from '../access/text-in.ts';
import { redirectWith } from '../notice.ts';
import { personOf } from '../person.ts';
import { placeOf } from '../place.ts';
import type { Show } from '../views.ts';
import { caseIn, removeCase, saveCase } from './cases.ts';
import { type EditorState, showEditor } from './editor-page.ts';
import { refText } from './reference.ts';
import { sendTestOf } from './test-send.ts';

/** Does what the form's button wants beside storing the draft, which is stored by now; see `takeDraft`. */
export async function goOn(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
  source: Source,
  { next, subject, hasDraft }: { next: string; subject: string; hasDraft: boolean },
): Promise<void> {
  const page = `templates/${encodeURIComponent(refText(source))}`;
  const by = personOf(response).id;
  const locale = textIn(request, 'shownLanguage');
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
      response.redirect(303, `${placeOf(response).mount}${page}/publication`);
      return;
    case 'test': {
      const notice = await sendTestOf(mail, source, request, by);
      if (notice.tone === 'done') redirectWith(response, stay, notice);
      else await again({ problem: notice.text, testTo: textIn(request, 'testTo') });
      return;
    }
    case 'case': {
      const fields = caseIn(request);
      const saved = await saveCase(mail, source, fields, by);
      if ('problem' in saved) await again({ problem: saved.problem, newCase: fields });
      else redirectWith(response, at({ locale, case: saved.id }), `The case ${fields.name.trim()} is saved.`);
      return;
    }
    case 'remove-case':
      redirectWith(response, stay, await removeCase(mail, source, subject, by));
      return;
    case 'add-language':
      redirectWith(
        response,
        at({ locale: canonicalLocale(textIn(request, 'newLanguage').trim()) }),
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
      redirectWith(
        response,
        stay,
        hasDraft
          ? 'The draft is saved.'
          : 'Nothing differs from what is published: there is no draft to save.',
      );
  }

  // The draft is stored by now; what else was typed stays on the page.
  function again(refused: NonNullable<EditorState['refused']>): Promise<void> {
    return showEditor(mail, show, response, source, { locale, refused });
  }
}
