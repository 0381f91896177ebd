import { type Request, type RequestHandler, type Response, Router } from 'express';
import { discardBody } from '../body/discard-body.ts';
import { limitRequests } from '../limits/limit-requests.ts';
import type { ConfirmationState, Mail } from '../mail/index.ts';
import { publicHeaders } from '../public-headers.ts';
import { languageFor } from './languages.ts';
import { refuseFlood, tokenOf } from './link-visit.ts';
import { showRecipientPage } from './page.ts';
import { confirmationWordsIn } from './words/confirmation.ts';

/** Of one address: somebody looks, presses the button, and perhaps looks again; guessing a token is hopeless anyway. */
const requestsPerMinute = 60;

const statuses = { open: 200, confirmed: 200, expired: 410, unknown: 404 } as const;

/**
 * `GET /confirm/TOKEN` shows what a link to confirm a subscription is for and changes nothing, as programs that look for harm
 * in mail follow every link; `POST` confirms it, by a button and without cookies. Done twice it is as done once.
 */
export function confirmationRouter(mail: Pick<Mail, 'consent'>): Router {
  const limit = limitRequests({ perMinute: requestsPerMinute, refuse: refuseFlood });
  return Router()
    .use('/confirm', publicHeaders)
    .get(
      '/confirm/:token',
      limit,
      answering(token => mail.consent.inspectConfirmation(token)),
    )
    .post(
      '/confirm/:token',
      limit,
      answering(token => mail.consent.confirm(token)),
    );
}

function answering(ask: (token: string) => Promise<ConfirmationState>): RequestHandler {
  return async (request, response) => {
    // What a form or a program sends along says nothing: the token is all.
    discardBody(request);
    show(request, response, await ask(tokenOf(request)));
  };
}

function show(request: Request, response: Response, found: ConfirmationState): void {
  const language = languageFor(request, found.state === 'unknown' ? null : found.locale);
  const topic = found.state === 'unknown' ? '' : found.topic.name;
  const { title, text, button = null } = { button: null, ...confirmationWordsIn(language)[found.state] };
  showRecipientPage(response, {
    ...{ status: statuses[found.state], language, title },
    text: text.replace('{topic}', () => topic),
    ...(button !== null && { button: { text: button } }),
  });
}
