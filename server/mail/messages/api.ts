import type { EventView } from '../events/events-store.ts';
import type { Actor } from '../shared/audit-store.ts';
import type { Rendered } from '../templates/index.ts';
import type { MessageAction } from './actions.ts';
import type { Explanation } from './explain.ts';
import type { MessageFilter } from './filter.ts';
import type { MessageContent } from './load-store.ts';
import type { MessagePage } from './search-store.ts';
import type { MessageState } from './states.ts';
import type { TimelineEntry } from './timeline.ts';
import type { TrackedIds, TrackedMessages } from './tracked.ts';
import type { AttemptView, MessageView } from './views-store.ts';

/** A message and what may be done to it now. */
export interface MessageDetails extends MessageView {
  allowed: MessageAction[];
}

/** Messages as callers and operators find them, and what can be done to one: `mail.messages`. */
export interface Messages {
  /** One message with the actions that are possible now; null when there is none. */
  get(id: string): Promise<MessageDetails | null>;
  /** Messages that match, newest first; a page costs the same however many there are. */
  find(filter?: MessageFilter | undefined): Promise<MessagePage>;
  /** Ids of messages that an id names: ours, an attempt's, or the provider's. */
  named(id: string): Promise<string[]>;
  /** Messages that an application knows by GUIDs of its own, which it sent along as metadata. */
  tracked(ids: TrackedIds): Promise<TrackedMessages>;
  /** Addresses of recipients that begin with this, ten at most. */
  recipients(start: string): Promise<string[]>;
  /** Streams that there are messages on. */
  streams(): Promise<string[]>;
  /** Withdraws a message that has not been sent. Throws `wrong-state` when it is too late. */
  cancel(id: string, actor?: Actor | undefined): Promise<void>;
  /**
   * Sends a message that still waits at another time: not before `at`, at once when that is past. Throws `wrong-state`
   * when it no longer waits or belongs to a campaign, `invalid-input` when it would have expired by then.
   */
  reschedule(id: string, at: Date | string, actor?: Actor | undefined): Promise<void>;
  /**
   * Puts a failed, suppressed, cancelled or unknown message back into the queue. Throws `wrong-state` for any other, and
   * once it has expired or its content is purged: it would fail again at once.
   */
  retry(id: string, actor?: Actor | undefined): Promise<void>;
  /**
   * Accepts a copy of a message as a new one: same template version, data, copies and files; the route is chosen and
   * eligibility checked again. Returns its id. Throws `wrong-state` while the message still waits to be sent and once
   * its content is purged, and `confidential` for confidential mail.
   */
  resend(id: string, actor?: Actor | undefined): Promise<string>;
  /** Whether a message like this one would go out now, and why; null when there is no such message. */
  explain(id: string): Promise<Explanation | null>;
  /** The whole history of a message, in order; empty when there is no such message. */
  timeline(id: string): Promise<TimelineEntry[]>;
  /** The attempts to hand it over, in order. */
  attempts(id: string): Promise<AttemptView[]>;
  /** What was reported about it, in order; of a confidential message without the links that were clicked. */
  events(id: string): Promise<EventView[]>;
  /** An event as the provider reported it, JSON; null once purged. Throws `confidential` for a confidential message. */
  rawEvent(eventId: string): Promise<string | null>;
  /**
   * The message as it was or will be rendered. Null when there is no such message or its content was purged. Throws
   * `confidential` when only its recipient may read it.
   */
  preview(id: string): Promise<Rendered | null>;
  /** What it was accepted with; null once purged. Throws `confidential` when only its recipient may read it. */
  content(id: string): Promise<MessageContent | null>;
  /** Removes the content and attachments of one message before their time; its row stays. */
  purgeContent(id: string): Promise<void>;
  /** Messages by state, over everything: counts each of them, so not for a page. */
  countByState(): Promise<Partial<Record<MessageState, number>>>;
}
