import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { discardBody } from '../body/discard-body.ts';
import { BodyLost, readBody } from '../body/read-body.ts';
import { clientStatus, isCutOff } from '../errors.ts';
import { limitRequests } from '../limits/limit-requests.ts';
import type { Mail, Preferences, PreferencesSet } from '../mail/index.ts';
import { publicHeaders } from '../public-headers.ts';
import { type LinkVisit, refuseFlood, showUnknownLink, visitOf } from './link-visit.ts';
import { changeAskedBy, type PreferenceForm, readPreferenceForm } from './preference-form.ts';
import { showPreferencePage, wordingOf } from './preference-page.ts';
import { reasonsIn } from './reasons.ts';
import { preferenceWordsIn } from './words/preferences.ts';

type Consent = Pick<Mail, 'consent'>;
type Answer = (mail: Consent, visit: LinkVisit, request: Request, response: Response) => Promise<void>;

/** Of one address; programs that look for harm in mail follow the links of everybody in a company. */
const visitsPerMinute = 300;

/** Some 1,000 topics, which are more than anybody reads. */
const parseForm = express.urlencoded({ extended: false, limit: '128kb', parameterLimit: 2_000 });

/** `GET /preferences/TOKEN` shows what the recipient of a mail wants, and `POST` to the same address changes it by a form. */
export function preferenceRouter(mail: Consent): Router {
  const limit = limitRequests({ perMinute: visitsPerMinute, refuse: refuseFlood });
  return Router()
    .use('/preferences', publicHeaders)
    .get('/preferences/:token', limit, (request, response) => visiting(mail, request, response, look))
    .post(
      '/preferences/:token',
      limit,
      readBody([parseForm]),
      (request: Request, response: Response) => visiting(mail, request, response, save),
      refuseUnread(mail),
    );
}

async function visiting(mail: Consent, request: Request, response: Response, answer: Answer): Promise<void> {
  const visit = await visitOf(mail, request);
  if (visit) await answer(mail, visit, request, response);
  else showUnknownLink(request, response);
}

async function look(mail: Consent, visit: LinkVisit, _: Request, response: Response): Promise<void> {
  showPreferencePage(response, { visit, preferences: await preferencesOf(mail, visit) });
}

async function save(mail: Consent, visit: LinkVisit, request: Request, response: Response): Promise<void> {
  const words = preferenceWordsIn(visit.language);
  const before = await preferencesOf(mail, visit);
  const form = readPreferenceForm(request.body);
  const change = form && changeAskedBy(form, before);
  if (!change) {
    const answer = { isSaved: false, sentences: [form ? words.notOffered : words.notRead], reasons: [] };
    return showPreferencePage(response, { visit, preferences: before, answer }, 422);
  }
  const set = await mail.consent.setPreferences(visit.recipient.address, change, {
    source: 'person',
    evidence: `Preference page, by the link in message ${visit.recipient.messageId}`,
    wording: wordingOf(visit, before),
    locale: visit.language,
    // The link came in a mail to that address.
    confirmed: true,
  });
  const preferences = await preferencesOf(mail, visit);
  const reasons = reasonsIn(visit.language, withoutOwn(set.stays, form), change);
  const answer = { isSaved: true, sentences: sentencesIn(visit, preferences, set), reasons };
  showPreferencePage(response, { visit, preferences, answer });
}

/** The topic of the mail comes first, also where the register does not show it. */
async function preferencesOf({ consent }: Consent, visit: LinkVisit): Promise<Preferences> {
  const { recipient, locale } = visit;
  const first = recipient.topic?.key;
  const also = first === undefined ? [] : [first];
  const found = await consent.preferences(recipient.address, { locale, also });
  const isFirst = ({ key }: { key: string }) => Number(key === first);
  return { ...found, topics: found.topics.toSorted((a, b) => isFirst(b) - isFirst(a)) };
}

/** Nobody has to be told of what they have ticked themselves. */
function withoutOwn(
  stays: PreferencesSet['stays'],
  { allBulk, nonEssential }: PreferenceForm,
): PreferencesSet['stays'] {
  return stays.filter(({ suppression: { source, scope } }) => {
    const isTicked = (scope === 'bulk' && allBulk) || (scope === 'non-essential' && nonEssential);
    return source !== 'person' || !isTicked;
  });
}

function sentencesIn(visit: LinkVisit, { topics }: Preferences, { changed }: PreferencesSet): string[] {
  const words = preferenceWordsIn(visit.language);
  if (changed.length === 0) return [words.unchanged];
  const scopes = { bulk: words.changed.bulk, 'non-essential': words.changed.nonEssential };
  return changed.flatMap(({ scope, topic: key, granted }) => {
    const { on, off } = scope === 'topic' ? words.changed.topic : scopes[scope];
    const topic = topics.find(one => one.key === key);
    // Asked for, and still not to be had: the reasons say so.
    if (topic && topic.subscribed !== granted) return [];
    return (granted ? on : off).replaceAll('{topic}', () => topic?.name ?? '');
  });
}

/** A body that cannot be read is answered by the page as well; everything else is none of its business. */
function refuseUnread(mail: Consent): ErrorRequestHandler {
  return async (error, request, response, next) => {
    const status = clientStatus(error);
    if (status === null || error instanceof BodyLost || isCutOff(request)) return next(error);
    await visiting(mail, request, response, async (_, visit) => {
      const answer = { isSaved: false, sentences: [preferenceWordsIn(visit.language).notRead], reasons: [] };
      showPreferencePage(response, { visit, preferences: await preferencesOf(mail, visit), answer }, status);
    });
    discardBody(request);
  };
}
