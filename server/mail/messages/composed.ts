/** Mail that was composed by its caller, ready to go but for the link to unsubscribe, which depends on the transport. */
export interface ComposedContent {
  subject: string;
  /** Empty when there is none. */
  html: string;
  text: string;
}

/** Stands in stored composed mail where the recipient's own link to unsubscribe goes. */
export const unsubscribeMark = '{{postlane:unsubscribe}}';

/** Composed mail with its link to unsubscribe. */
export function renderComposed(
  { subject, html, text }: ComposedContent,
  { unsubscribe }: { unsubscribe: string },
): ComposedContent {
  const linked = (part: string) => part.replaceAll(unsubscribeMark, () => unsubscribe);
  return { subject, html: linked(html), text: linked(text) };
}
