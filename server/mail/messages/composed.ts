import type { MailLinks } from '../routing/mail-links.ts';

/** Mail that was composed by its caller, ready to go but for its recipient's own links, which depend on the transport. */
export interface ComposedContent {
  subject: string;
  /** Empty when there is none. */
  html: string;
  text: string;
}

/** Stands in stored composed mail where the recipient's own link to unsubscribe goes. */
export const unsubscribeMark = '{{postlane:unsubscribe}}';
/** The same for the link to the preferences of the recipient. */
export const preferencesMark = '{{postlane:preferences}}';

/** Composed mail with its links. Throws where it needs one that there is not. */
export function renderComposed(
  { subject, html, text }: ComposedContent,
  { unsubscribe, preferences }: MailLinks,
): ComposedContent {
  const linked = (part: string) =>
    part
      .replaceAll(unsubscribeMark, () => unsubscribe)
      .replaceAll(preferencesMark, () => {
        if (preferences === null) throw new Error('it has a link to preferences: set publicUrl');
        return preferences;
      });
  return { subject, html: linked(html), text: linked(text) };
}
