import { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { type Mail, MailError, type SourceRef } from '../../mail/index.ts';
import { redirectWithFlash } from '../flash.ts';
import { formField } from '../form-parser.ts';
import { PageError } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import { create, showCreation } from './creation.ts';
import { saveDraft } from './draft.ts';
import { showEditor } from './editor-page.ts';
import { restore, showDiff, showHistory, showVersion } from './history.ts';
import { showList } from './list.ts';
import { answerFrame, answerPreview, answerStoredPreview } from './preview.ts';
import { publish, showPublication } from './publication.ts';
import { readRef, refText } from './reference.ts';
import { answerReplayed, showReplay } from './replay.ts';

/** Templates, layouts, partials and the brand: list, editor, preview, publication and history. */
export function templateRouter(mail: Mail, show: Show): Router {
  const router = Router();
  const publisher = allow('publisher');

  router.get('/', (request, response) => showList(mail, show, request, response));
  router.get('/new', allow('editor'), ({ query }, response) =>
    showCreation(mail, show, response, query.kind),
  );
  router.post('/', (request, response) => create(mail, show, request, response));
  router.post('/frame', answerFrame);

  router.get(
    '/:ref',
    of((ref, { query }, response) => {
      const [locale, sampleDataId] = [query.locale, query.sampleData].map(one =>
        typeof one === 'string' ? one : undefined,
      );
      return showEditor(mail, show, response, ref, { locale, sampleDataId });
    }),
  );
  router.post(
    '/:ref/draft',
    of((ref, request, response) => saveDraft(mail, show, request, response, ref)),
  );
  router.post(
    '/:ref/discard',
    of((ref, request, response) => discard(mail, request, response, ref)),
  );
  router.get(
    '/:ref/preview',
    of((ref, request, response) => answerStoredPreview(mail, request, response, ref)),
  );
  router.post(
    '/:ref/preview',
    of((ref, request, response) => answerPreview(mail, request, response, ref)),
  );

  router.get(
    '/:ref/publication',
    publisher,
    of((ref, _request, response) => showPublication(mail, show, response, ref)),
  );
  router.post(
    '/:ref/publication',
    publisher,
    of((ref, request, response) => publish(mail, show, request, response, ref)),
  );
  router.get(
    '/:ref/replay',
    of((ref, request, response) => showReplay(mail, show, request, response, ref)),
  );
  router.get(
    '/:ref/replay/:message/:side',
    of((ref, request, response) => answerReplayed(mail, request, response, ref)),
  );

  router.get(
    '/:ref/history',
    of((ref, request, response) => showHistory(mail, show, request, response, ref)),
  );
  router.get(
    '/:ref/diff',
    of((ref, request, response) => showDiff(mail, show, request, response, ref)),
  );
  router.get(
    '/:ref/versions/:version',
    of((ref, request, response) => showVersion(mail, show, response, ref, String(request.params.version))),
  );
  router.post(
    '/:ref/versions/:version',
    publisher,
    of((ref, request, response) =>
      restore(mail, show, request, response, ref, String(request.params.version)),
    ),
  );

  router.use(refusals);
  return router;
}

function of(
  handler: (ref: SourceRef, request: Request, response: Response) => void | Promise<void>,
): RequestHandler {
  return (request, response) => handler(readRef(String(request.params.ref)), request, response);
}

async function discard(mail: Mail, request: Request, response: Response, ref: SourceRef): Promise<void> {
  const revision = Number(formField(request, 'revision'));
  const result = await mail.templates.discardDraft(ref, { revision, by: personOf(response).id });
  const page = `templates/${encodeURIComponent(refText(ref))}`;
  if (result.state === 'conflict') {
    redirectWithFlash(response, page, {
      tone: 'failed',
      text: 'The draft was not discarded, because somebody changed it in the meantime. This is its current content.',
    });
    return;
  }
  const left = await mail.templates.get(ref);
  redirectWithFlash(response, left ? page : 'templates', 'Draft discarded.');
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
