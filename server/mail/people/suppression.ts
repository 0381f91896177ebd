/** Why an address is suppressed, the strongest first: a weaker one never replaces or lifts a stronger one. */
export const suppressionClasses = ['complaint', 'unsubscribe', 'operator', 'bounce'] as const;

/** One of {@link suppressionClasses}. */
export type SuppressionClass = (typeof suppressionClasses)[number];

/**
 * How far a suppression reaches: `stream` is what a provider keeps; `non-essential` spares only mail of categories that the
 * policy calls essential.
 */
export const suppressionScopes = ['stream', 'topic', 'bulk', 'non-essential', 'everything'] as const;

/** One of {@link suppressionScopes}. */
export type SuppressionScope = (typeof suppressionScopes)[number];

/**
 * Who says so: the provider, the person, an operator on the pages or the command line, or the host's own code; `rule` is
 * our own conclusion from what a provider reported, see `soft-bounces.ts`.
 */
export const suppressionSources = ['provider', 'person', 'operator', 'host', 'rule'] as const;

/** One of {@link suppressionSources}. */
export type SuppressionSource = (typeof suppressionSources)[number];

/** What a suppression is about: `stream` and `topic` are empty where its scope needs none. */
export interface SuppressionPlace {
  address: string;
  scope: SuppressionScope;
  stream: string;
  topic: string;
}

/** What has to be known of a suppression to tell which mail it stops. */
export interface Stopping extends Omit<SuppressionPlace, 'address'> {
  source: SuppressionSource;
  class: SuppressionClass;
  /** Topics and categories of the bulk mail that went by its stream; null where nobody can tell. */
  reaches: readonly string[] | null;
  /** When it ends by itself; null for never, as with all that a provider reports. */
  expiresAt: Date | null;
}

/** A message as the rule sees it. */
export interface MailKind {
  stream: string;
  category: string;
  /** Every bulk mail is on one; null for transactional mail without. */
  topic: string | null;
  bulk: boolean;
  essential: boolean;
  /** Streams of every route that mail of its category may take. */
  streams: readonly string[];
}

/** The one rule for what a suppression stops at a moment. */
export function stops(suppression: Stopping, mail: MailKind, at: Date): boolean {
  if (isExpired(suppression, at)) return false;
  switch (suppression.scope) {
    case 'everything':
      return true;
    case 'non-essential':
      return !mail.essential;
    case 'bulk':
      return mail.bulk;
    case 'topic':
      return mail.topic === suppression.topic;
    case 'stream':
      return mail.stream === suppression.stream || (mail.bulk && followsBulk(suppression, mail));
  }
}

/** True from the moment on at which it ends by itself. */
export function isExpired({ expiresAt }: Pick<Stopping, 'expiresAt'>, at: Date): boolean {
  return expiresAt !== null && expiresAt <= at;
}

/** What was said on one stream counts for the same bulk mail on every other, by whichever provider. */
function followsBulk({ source, class: kind, stream, reaches }: Stopping, mail: MailKind): boolean {
  // A mailbox that is dead takes no mail by any road.
  if (kind === 'bounce' && (source === 'provider' || source === 'rule')) return true;
  if (mail.streams.includes(stream)) return true;
  if (reaches === null) return kind !== 'operator' && kind !== 'bounce';
  return reaches.includes(mail.category) || (mail.topic !== null && reaches.includes(mail.topic));
}

/** The strongest of these that stops a message at a moment, or null. */
export function strongestStop<T extends Stopping>(all: readonly T[], mail: MailKind, at: Date): T | null {
  return strongest(all.filter(one => stops(one, mail, at)));
}

/** The strongest of these, or null; of equal ones the first. */
export function strongest<T extends Pick<Stopping, 'class'>>(all: readonly T[]): T | null {
  return all.reduce<T | null>(
    (best, one) => (best === null || rankOf(one) < rankOf(best) ? one : best),
    null,
  );
}

/** 0 for the strongest. */
export function rankOf({ class: kind }: Pick<Stopping, 'class'>): number {
  return suppressionClasses.indexOf(kind);
}

/** The class of what a provider calls a reason and an origin. */
export function classOf({ reason, origin }: { reason: string; origin: string }): SuppressionClass {
  if (reason === 'SpamComplaint') return 'complaint';
  if (reason === 'HardBounce' || reason === inactiveReason) return 'bounce';
  return origin === 'Recipient' ? 'unsubscribe' : 'operator';
}

/** Of an address that the provider refused as inactive when it was handed mail, without saying why. */
export const inactiveReason = 'InactiveRecipient';
