import { type ErrorRequestHandler, Router } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { pagesOf } from '../page.ts';
import { PageError } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import { create, showCreation } from './creation.ts';
import { discardDraft, saveDraft } from './draft.ts';
import { openEditor } from './editor-page.ts';
import { restore, showDiff, showHistory, showVersion } from './history.ts';
import { showList } from './list.ts';
import { answerPreview, showGivenHtml, showStoredPreview } from './preview.ts';
import { publish, showPublication } from './publication.ts';
import { showReplay, showReplayed } from './replay.ts';

/** Templates, layouts, partials and the brand: list, editor, preview, publication and history. */
export function templateRouter(mail: Mail, show: Show): Router {
  const router = Router();
  const page = pagesOf(mail, show);
  const publisher = allow('publisher');

  router.get('/', page(showList));
  router.get('/new', allow('editor'), page(showCreation));
  router.post('/', page(create));
  router.post('/frame', page(showGivenHtml));

  router.get('/:ref', page(openEditor));
  router.post('/:ref/draft', page(saveDraft));
  router.post('/:ref/discard', page(discardDraft));
  router.get('/:ref/preview', page(showStoredPreview));
  router.post('/:ref/preview', page(answerPreview));

  router.get('/:ref/publication', publisher, page(showPublication));
  router.post('/:ref/publication', publisher, page(publish));
  router.get('/:ref/replay', page(showReplay));
  router.get('/:ref/replay/:message/:side', page(showReplayed));

  router.get('/:ref/history', page(showHistory));
  router.get('/:ref/diff', page(showDiff));
  router.get('/:ref/versions/:version', page(showVersion));
  router.post('/:ref/versions/:version', publisher, page(restore));

  router.use(refusals);
  return router;
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
