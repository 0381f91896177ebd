import type { Request, Response } from 'express';
import { discardBody } from '../body/discard-body.ts';
import type { LinkRecipient, Mail } from '../mail/index.ts';
import { chosenLanguage, languageFor, type PageLanguage } from './languages.ts';
import { type PageFrame, showRecipientPage } from './page.ts';
import { commonWordsIn } from './words/common.ts';

/** Somebody who came by a link in their mail. */
export interface LinkVisit {
  recipient: LinkRecipient;
  language: PageLanguage;
  /** The language of the topics' words, which may be one that our own words are not in. */
  locale: string;
  /** Addresses of the pages of this link, relative to the one that was asked for. */
  paths: { unsubscribe: string; undo: string; preferences: string };
  /** What the address carries on, so that the page stays in the language that was chosen. */
  query: string;
}

/** Who came by the link, and in which language they read; null for a link that is none of ours. */
export async function visitOf(mail: Pick<Mail, 'consent'>, request: Request): Promise<LinkVisit | null> {
  const token = tokenOf(request);
  const found = await mail.consent.recipientOf(token);
  if (!found) return null;
  const [chosen, language] = [chosenLanguage(request), languageFor(request, found.locale)];
  const locale = chosen ?? found.locale ?? language;
  const recipient = locale === found.locale ? found : await mail.consent.recipientOf(token, { locale });
  if (!recipient) return null;
  const query = chosen === null ? '' : `?lang=${chosen}`;
  return { recipient, language, locale, paths: pathsOf(request, token), query };
}

/** The token of a link. Longer ones are nobody's, and what is left of them neither. */
export function tokenOf({ params }: Request): string {
  return String(params.token).slice(0, longestToken);
}

const longestToken = 200;

// Nobody can tell the path at which a proxy and the host mount us: only how far up it is.
function pathsOf({ path }: Request, token: string): LinkVisit['paths'] {
  const mount = '../'.repeat(path.split('/').length - 2);
  const at = (page: string) => `${mount}${page}/${encodeURIComponent(token)}`;
  return {
    unsubscribe: at('unsubscribe'),
    undo: `${at('unsubscribe')}/undo`,
    preferences: at('preferences'),
  };
}

/** What stands around the pages of a link; `page` is where they are in other languages. */
export function frameOf(
  { recipient, language, paths }: LinkVisit,
  page: keyof LinkVisit['paths'],
): Pick<PageFrame, 'language' | 'brand' | 'languagesAt'> {
  return { language, brand: recipient.brand, languagesAt: paths[page] };
}

/** The page of a link that is none of ours; it does not say why. */
export function showUnknownLink(request: Request, response: Response): void {
  const language = languageFor(request, null);
  showRecipientPage(response, { status: 404, language, ...commonWordsIn(language).unknown });
  discardBody(request);
}

/** The page for somebody who asks too often. */
export function refuseFlood(request: Request, response: Response): void {
  const language = languageFor(request, null);
  showRecipientPage(response, { status: 429, language, ...commonWordsIn(language).tooMany });
  discardBody(request);
}
