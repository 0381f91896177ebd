import { type LinkConfig, signedToken } from './signed-links.ts';

/**
 * Where the recipient of a message gets out of mail like it: a page with a button, which also takes the one-click request
 * of mail clients (RFC 8058). Null where nobody said at which address the public pages are.
 */
export function unsubscribeUrl(links: LinkConfig, messageId: string): string | null {
  return pageOf(links, 'unsubscribe', messageId);
}

/** Where the same person says what they want to get. Null as {@link unsubscribeUrl}. */
export function preferencesUrl(links: LinkConfig, messageId: string): string | null {
  return pageOf(links, 'preferences', messageId);
}

function pageOf(links: LinkConfig, page: string, messageId: string): string | null {
  const { publicUrl } = links;
  return publicUrl === null ? null : `${publicUrl}/${page}/${signedToken(links, 'recipient', messageId)}`;
}
