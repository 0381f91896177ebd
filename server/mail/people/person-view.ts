import type { EventView } from '../events/events-store.ts';
import type { MessagePage } from '../messages/search-store.ts';
import type { EventKind } from '../providers/event.ts';
import type { Decision } from '../sending/eligibility.ts';
import type { Consent } from './consent-records.ts';
import type { Suppression } from './suppressions-store.ts';

/** What is known of an address as one that mail can reach. */
export const addressQualities = ['good', 'soft-bouncing', 'dead', 'complained', 'unknown'] as const;

/** One of {@link addressQualities}. */
export type AddressQuality = (typeof addressQualities)[number];

/** Everything that a support agent needs to know of one address. */
export interface PersonView {
  /** As it is compared and stored. */
  address: string;
  /** False when nothing was ever sent to it, reported or said about it. */
  known: boolean;
  /**
   * `complained` and `dead` while such a suppression is active; `soft-bouncing` when its mailbox has refused mail for now
   * since the last delivery; `good` when mail was delivered or opened; otherwise `unknown`.
   */
  quality: AddressQuality;
  /** Soft bounces since the last delivery. */
  softBounces: number;
  /** Among its latest 200 messages and 500 events, as are soft bounces and the last engagement. */
  lastDelivery: Moment | null;
  lastEngagement: (Moment & { kind: 'opened' | 'clicked' }) | null;
  /** Whether mail of each category of the policy would go out to it now. */
  mail: MailAnswer[];
  /** What stands against mail to it, the strongest first. */
  refused: Refusal[];
  /** What stood against it, lifted or expired; the latest first. */
  ended: Suppression[];
  /** What it said about topics, withdrawals included. */
  consents: Consent[];
  /** The latest ten; {@link People.messages} continues them. */
  messages: MessagePage;
  /** The latest ten; {@link People.events} continues them. */
  events: PersonEvents;
}

/** When something happened, and to which message, where that is known. */
export interface Moment {
  at: Date;
  messageId: string | null;
}

/** Whether mail of a category would go out to an address now. */
export interface MailAnswer {
  category: string;
  /** The topic that its mail is on where it names no other; null for transactional mail. */
  topic: string | null;
  essential: boolean;
  decision: Decision;
  /** What stops it; null when nothing does, or the lack of consent. */
  suppression: Suppression | null;
}

/** A suppression that is active, with its evidence. */
export interface Refusal {
  suppression: Suppression;
  /** The event that it rests on; null for what was entered here. */
  event: EventView | null;
  /** Why an operator cannot lift it; null when they can. */
  fixed: string | null;
}

/** A page of events about an address, the latest heard first. */
export interface PersonEvents {
  events: EventView[];
  /** Continues with older ones; null on the last page. */
  cursor: string | null;
}

/** Where a page begins, and how long it is. */
export interface PersonPage {
  cursor?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

/** A person, by an address: `mail.people`. */
export interface People {
  /** What is known of an address. Of one that nobody ever mailed it is said that nothing is. */
  get(address: string): Promise<PersonView>;
  /** The messages to an address, newest first. */
  messages(
    address: string,
    page?: (PersonPage & { after?: string | undefined }) | undefined,
  ): Promise<MessagePage>;
  /** What was reported about an address; of confidential messages without the links that were clicked. */
  events(address: string, page?: PersonPage | undefined): Promise<PersonEvents>;
}

/** One of the latest things that happened to mail to an address. */
export interface Happened {
  kind: EventKind;
  at: Date;
  messageId: string | null;
}

/** The latest of these kinds; null when there is none. */
export function latestOf(happened: readonly Happened[], kinds: readonly EventKind[]): Happened | null {
  return happened
    .filter(({ kind }) => kinds.includes(kind))
    .reduce<Happened | null>((latest, one) => (latest === null || one.at > latest.at ? one : latest), null);
}

/** How many soft bounces there were since the last delivery. */
export function softBouncesIn(happened: readonly Happened[]): number {
  const delivered = latestOf(happened, ['delivered']);
  return happened.filter(({ kind, at }) => kind === 'soft-bounced' && (!delivered || at > delivered.at))
    .length;
}

/** See {@link PersonView.quality}. */
export function qualityOf(
  active: readonly Pick<Suppression, 'class'>[],
  happened: readonly Happened[],
): AddressQuality {
  if (active.some(one => one.class === 'complaint')) return 'complained';
  if (active.some(one => one.class === 'bounce')) return 'dead';
  if (softBouncesIn(happened) > 0) return 'soft-bouncing';
  return latestOf(happened, ['delivered', 'opened', 'clicked']) ? 'good' : 'unknown';
}
