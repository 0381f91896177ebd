import type { ErrorRequestHandler, Router } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { permissionTo } from '../approvals/kinds.ts';
import { guardedPages } from '../guarded-pages.ts';
import { PageError } from '../page-error.ts';
import type { Show } from '../views.ts';
import { create, showCreation } from './creation.ts';
import { discardDraft, saveDraft } from './draft.ts';
import { openEditor } from './editor-page.ts';
import { creationForm, discardForm, frameForm, publicationForm } from './forms.ts';
import { restore, showDiff, showHistory, showVersion } from './history.ts';
import { showList } from './list.ts';
import { answerPreview, showGivenHtml, showStoredPreview } from './preview.ts';
import { publish, showPublication } from './publication.ts';
import { editorForm } from './read-form.ts';
import { showReplay, showReplayed } from './replay.ts';

/** Templates, layouts, partials and the brand: list, editor, preview, publication and history. */
export function templateRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  const publishing = permissionTo(mail, 'templates.publish');

  routes.get('/', 'pages.view', showList);
  routes.get('/new', 'templates.edit', showCreation);
  routes.post('/', 'templates.edit', creationForm, create);
  routes.post('/frame', 'templates.edit', frameForm, showGivenHtml);

  routes.get('/:ref', 'pages.view', openEditor);
  routes.post('/:ref/draft', 'templates.edit', editorForm, saveDraft);
  routes.post('/:ref/discard', 'templates.edit', discardForm, discardDraft);
  routes.get('/:ref/preview', 'pages.view', showStoredPreview);
  routes.post('/:ref/preview', 'templates.edit', editorForm, answerPreview);

  routes.get('/:ref/publication', publishing, showPublication);
  routes.post('/:ref/publication', publishing, publicationForm, publish);
  routes.get('/:ref/replay', 'templates.replay', showReplay);
  routes.get('/:ref/replay/:message/:side', 'templates.replay', showReplayed);

  routes.get('/:ref/history', 'pages.view', showHistory);
  routes.get('/:ref/diff', 'pages.view', showDiff);
  routes.get('/:ref/versions/:version', 'pages.view', showVersion);
  routes.post('/:ref/versions/:version', publishing, publicationForm, restore);

  routes.router.use(refusals);
  return routes.router;
}

/** A refusal of the module becomes a page, or an answer for a script, that says why. */
const refusals: ErrorRequestHandler = (error, _request, _response, next) => {
  if (!(error instanceof MailError)) next(error);
  else if (error.code === 'too-large')
    next(new PageError(413, 'Request too large', `${error.message} Nothing was changed.`));
  else if (error.code === 'wrong-state')
    next(new PageError(409, 'Not possible in this state', error.message));
  else if (error.code.startsWith('unknown-')) next(error);
  else next(new PageError(422, 'Not possible', `${error.message} Nothing was changed.`));
};
