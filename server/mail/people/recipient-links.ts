import { type LinkConfig, signedToken } from './signed-links.ts';

/**
 * Where the recipient of a message gets out of mail like it: a page with a button, which also takes the one-click request
 * of mail clients (RFC 8058). Null where nobody said at which address the public pages are.
 */
export function unsubscribeUrl(links: LinkConfig, messageId: string): string | null {
  return recipientPages(links, messageId)?.unsubscribe ?? null;
}

/** Where the same person says what they want to get. Null as {@link unsubscribeUrl}. */
export function preferencesUrl(links: LinkConfig, messageId: string): string | null {
  return recipientPages(links, messageId)?.preferences ?? null;
}

/** Both, by one token. */
export function recipientPages(
  links: LinkConfig,
  messageId: string,
): { unsubscribe: string; preferences: string } | null {
  const { publicUrl } = links;
  if (publicUrl === null) return null;
  const token = signedToken(links, 'recipient', messageId);
  return {
    unsubscribe: `${publicUrl}/unsubscribe/${token}`,
    preferences: `${publicUrl}/preferences/${token}`,
  };
}
