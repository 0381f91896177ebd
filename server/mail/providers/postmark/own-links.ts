import type { Envelope } from '../transport.ts';

/**
 * The mail with our own links marked, so that Postmark does not lead people through itself there: who clicked would be
 * reported with a link that everybody who reads the report could use. An address that is marked in the HTML is left alone in
 * the text as well.
 */
export function withOwnLinksMarked(envelope: Envelope): Envelope {
  const { ownLinks = [], html } = envelope;
  const marked = ownLinks.reduce(markedIn, html);
  return marked === html ? envelope : { ...envelope, html: marked };
}

/** Whether its links may be led through Postmark: not where one of ours is in the text alone, which nothing can mark. */
export function isLinkTrackingOff({ isConfidential = false, ownLinks = [], html, text }: Envelope): boolean {
  return isConfidential || ownLinks.some(link => text.includes(link) && !html.includes(link));
}

function markedIn(html: string, link: string): string {
  if (!html.includes(link)) return html;
  return ['"', "'"].reduce(
    (part, quote) => part.replaceAll(`href=${quote}${link}`, match => `data-pm-no-track ${match}`),
    html,
  );
}
