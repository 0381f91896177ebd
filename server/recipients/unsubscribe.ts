import { type Request, type RequestHandler, type Response, Router } from 'express';
import { discardBody } from '../body/discard-body.ts';
import { limitRequests } from '../limits/limit-requests.ts';
import type { Mail, PreferenceChange } from '../mail/index.ts';
import { publicHeaders } from '../public-headers.ts';
import { frameOf, type LinkVisit, refuseFlood, showUnknownLink, tokenOf, visitOf } from './link-visit.ts';
import { showRecipientPage } from './page.ts';
import { reasonsIn } from './reasons.ts';
import { commonWordsIn, type PageWords } from './words/common.ts';
import { type UnsubscriptionWords, unsubscriptionWordsIn } from './words/unsubscription.ts';

type Consent = Pick<Mail, 'consent'>;
type Answer = (mail: Consent, visit: LinkVisit, request: Request, response: Response) => Promise<void>;

/**
 * Of one link: mail programs unsubscribe many people from few addresses, so that by address a refusal could get lost. What is none
 * of ours costs no more than its signature.
 */
const unsubscriptionsPerMinute = 30;

/** Of one address; programs that look for harm in mail follow the links of everybody in a company. */
const visitsPerMinute = 300;

/**
 * `GET /unsubscribe/TOKEN` says what a link unsubscribes from and changes nothing. `POST` does it, by the page's button and by the
 * one click of mail programs (RFC 8058): whatever the body is, without cookies, done twice as done once. `POST` to `/undo` behind
 * it takes it back; no one-click request goes there.
 */
export function unsubscribeRouter(mail: Consent): Router {
  const ofVisits = limitRequests({ perMinute: visitsPerMinute, refuse: refuseFlood });
  const ofLink = limitRequests({ perMinute: unsubscriptionsPerMinute, of: tokenOf, refuse: refuseFlood });
  return Router()
    .use('/unsubscribe', publicHeaders)
    .get(['/unsubscribe/:token', '/unsubscribe/:token/undo'], ofVisits, answering(mail, look))
    .post('/unsubscribe/:token', ofLink, answering(mail, unsubscribe))
    .post('/unsubscribe/:token/undo', ofVisits, ofLink, answering(mail, undo));
}

function answering(mail: Consent, answer: Answer): RequestHandler {
  return async (request, response) => {
    // What a form or a mail program sends along says nothing: the address is all.
    discardBody(request);
    const visit = await visitOf(mail, request);
    if (visit) await answer(mail, visit, request, response);
    else showUnknownLink(request, response);
  };
}

async function look(mail: Consent, visit: LinkVisit, _: Request, response: Response): Promise<void> {
  const { topic } = visit.recipient;
  if (await isUnsubscribed(mail, visit)) return showDone(visit, response);
  const { open, noTopic } = unsubscriptionWordsIn(visit.language);
  if (!topic) return show(visit, response, noTopic);
  const action = `${visit.paths.unsubscribe}?${fromPage}&lang=${visit.language}`;
  show(visit, response, open, { button: { text: open.button, action } });
}

/** Tells the button of our page from a mail program, which posts to the address in the mail's header. */
const fromPage = 'from=page';

async function unsubscribe(
  mail: Consent,
  visit: LinkVisit,
  request: Request,
  response: Response,
): Promise<void> {
  const { messageId } = visit.recipient;
  const isButton = request.query.from === 'page';
  const { title, text } = inTopic(unsubscriptionWordsIn(visit.language).open, visit);
  await mail.consent.setPreferences(visit.recipient.address, changeTo(visit, false), {
    source: 'person',
    evidence: isButton
      ? `Unsubscribed on the page of the link in message ${messageId}`
      : `Unsubscribed by one click, by the link in message ${messageId}`,
    ...(isButton && visit.recipient.topic && { wording: `${title}\n${text}`, locale: visit.language }),
  });
  showDone(visit, response);
}

async function undo(mail: Consent, visit: LinkVisit, _: Request, response: Response): Promise<void> {
  const { address, messageId, topic } = visit.recipient;
  const words = unsubscriptionWordsIn(visit.language);
  if (topic && !topic.open) return show(visit, response, words.closed, { status: 410 });
  const { title, text } = inTopic(doneIn(words, visit), visit);
  const { stays } = await mail.consent.setPreferences(address, changeTo(visit, true), {
    source: 'person',
    evidence: `Subscribed again on the page of the link in message ${messageId}`,
    wording: `${title}\n${text}\n${words.undo}`,
    locale: visit.language,
    // The link came in a mail to that address.
    confirmed: true,
  });
  const reasons = reasonsIn(visit.language, stays, changeTo(visit, true));
  // Such as essential mail only, which this did not ask to change.
  if (reasons.length === 0 && (await isUnsubscribed(mail, visit)))
    reasons.push(commonWordsIn(visit.language).reasons.refused);
  showUndone(visit, response, reasons);
}

/** A topic, or without one all bulk mail. */
function changeTo({ recipient: { topic } }: LinkVisit, granted: boolean): PreferenceChange {
  return topic ? { topics: { [topic.key]: granted } } : { allBulk: !granted };
}

async function isUnsubscribed({ consent }: Consent, { recipient }: LinkVisit): Promise<boolean> {
  const { address, topic } = recipient;
  const also = topic ? [topic.key] : [];
  const { topics, allBulk, nonEssential } = await consent.preferences(address, { also });
  if (allBulk || nonEssential || !topic) return allBulk || nonEssential;
  const found = topics.find(({ key }) => key === topic.key);
  if (found) return !found.subscribed;
  return (await consent.list(address)).some(one => one.topic === topic.key && !one.granted);
}

function showDone(visit: LinkVisit, response: Response): void {
  const words = unsubscriptionWordsIn(visit.language);
  const button = { text: words.undo, action: visit.paths.undo + visit.query, isQuiet: true };
  const canReturn = visit.recipient.topic?.open !== false;
  show(visit, response, doneIn(words, visit), { ...(canReturn && { button }) });
}

function doneIn(words: UnsubscriptionWords, { recipient }: LinkVisit): PageWords {
  return recipient.topic ? words.done : words.doneAll;
}

function showUndone(visit: LinkVisit, response: Response, reasons: readonly string[]): void {
  const { undone, undoneAll, stopped, stoppedAll } = unsubscriptionWordsIn(visit.language);
  const { topic } = visit.recipient;
  const [free, kept] = topic ? [undone, stopped] : [undoneAll, stoppedAll];
  show(visit, response, reasons.length === 0 ? free : kept, { reasons });
}

function show(
  visit: LinkVisit,
  response: Response,
  words: PageWords,
  more: Partial<Parameters<typeof showRecipientPage>[1]> = {},
): void {
  const link = {
    text: unsubscriptionWordsIn(visit.language).preferences,
    href: visit.paths.preferences + visit.query,
  };
  const { title, text } = inTopic(words, visit);
  showRecipientPage(response, { status: 200, ...frameOf(visit, 'unsubscribe'), title, text, link, ...more });
}

function inTopic({ title, text }: PageWords, { recipient }: LinkVisit): PageWords {
  return { title, text: text.replaceAll('{topic}', () => recipient.topic?.name ?? '') };
}
