import type { MessageState } from './states.ts';

/** What to look for; all conditions apply. */
export interface MessageFilter {
  /** The whole address that a message goes to. */
  recipient?: string | undefined;
  template?: string | undefined;
  category?: string | undefined;
  /** The whole subject, of which the first 255 characters count. A confidential message and a campaign's have none here. */
  subject?: string | undefined;
  state?: MessageState | undefined;
  stream?: string | undefined;
  tag?: string | undefined;
  campaignId?: string | undefined;
  idempotencyKey?: string | undefined;
  /** Pairs that it has, each with the whole value; found until its content is purged. */
  metadata?: Record<string, string> | undefined;
  /** Accepted at this moment or later. */
  since?: Date | string | undefined;
  /** Accepted before this moment. */
  until?: Date | string | undefined;
  /** Continues a page: messages older than this id. */
  cursor?: string | undefined;
  /** Goes back a page: messages newer than this id. */
  after?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}
