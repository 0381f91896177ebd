import { recipientPages } from '../people/recipient-links.ts';
import type { LinkConfig } from '../people/signed-links.ts';
import type { Providers, StreamRoute } from '../providers/providers.ts';
import { findCategory, type Policy } from './policy.ts';
import type { Unsubscribing } from './unsubscribing.ts';

/** What links in mail are made with. */
export interface Linking {
  links: LinkConfig;
  unsubscribing: Unsubscribing;
  providers: Pick<Providers, 'unsubscribePlaceholder'>;
}

/** What stands in a mail for `@unsubscribe` and `@preferences`; null where there is no page to lead to. */
export interface MailLinks {
  unsubscribe: string;
  preferences: string | null;
}

/** The links of one message, for its recipient alone. */
export interface SentLinks extends MailLinks {
  /** Those of bulk mail whose unsubscribing is ours (RFC 2369 and 8058); else none. */
  headers: Record<string, string>;
  /** Links to pages of ours: whoever has one may use it. */
  own: string[];
}

/** Makes the links of a message. Throws where bulk mail would have none to unsubscribe. */
export function sentLinks(
  { links, unsubscribing, providers, policy }: Linking & { policy: Policy },
  { id, category, ...route }: StreamRoute & { id: string; category: string },
): SentLinks {
  const pages = recipientPages(links, id);
  const own = pages ? Object.values(pages) : [];
  const preferences = pages?.preferences ?? null;
  if (unsubscribing.modeOf(route) === 'provider')
    return {
      ...{ unsubscribe: providers.unsubscribePlaceholder(route.transport), preferences },
      ...{ headers: {}, own },
    };
  const isBulk = findCategory(policy, category)?.lane === 'bulk';
  if (isBulk && !pages) throw new Error('bulk mail needs a link to unsubscribe: set publicUrl');
  const unsubscribe = pages?.unsubscribe ?? nowhere;
  return { unsubscribe, preferences, headers: isBulk ? listHeaders(unsubscribe) : {}, own };
}

/**
 * The same in mail that is shown and not sent: with a provider's placeholder, or leading nowhere, so that nobody who looks at
 * somebody's mail can unsubscribe them.
 */
export function shownLinks({ links, unsubscribing, providers }: Linking, route?: StreamRoute): MailLinks {
  const isOurs = route !== undefined && unsubscribing.modeOf(route) === 'own';
  return {
    unsubscribe: isOurs ? nowhere : providers.unsubscribePlaceholder(route?.transport),
    preferences: deadPreferences(links),
  };
}

/** Links of samples and tests, which lead nowhere in any mode. */
export function deadLinks({ links }: Pick<Linking, 'links'>): MailLinks {
  return { unsubscribe: nowhere, preferences: deadPreferences(links) };
}

const nowhere = '#';

function deadPreferences({ publicUrl }: LinkConfig): string | null {
  return publicUrl === null ? null : nowhere;
}

function listHeaders(url: string): Record<string, string> {
  return { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}
