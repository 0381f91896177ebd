import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { listStreams } from '../monitoring/series-store.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { isId } from '../shared/ids.ts';
import { inTransaction } from '../shared/transaction.ts';
import { type Rendered, renderStored } from '../templates/index.ts';
import {
  type ActionFacts,
  allowedActions,
  type MessageAction,
  requireAllowed,
  wrongState,
} from './actions.ts';
import { copyAttachments } from './attachments-store.ts';
import { eventsOf, isConfidential, rawEventOf, refuseConfidential } from './confidentiality.ts';
import { explain } from './explain.ts';
import { insertMessages, stateOf } from './insert-store.ts';
import { loadMessage, type StoredMessage } from './load-store.ts';
import { type NewMessage, newMessage } from './new-message.ts';
import { purgeContent } from './purge-store.ts';
import { findMessages, type MessageFilter, messagesNamed, recipientsBeginning } from './search-store.ts';
import { timelineOf } from './timeline.ts';
import { transition } from './transitions-store.ts';
import { countByState, listAttempts, type MessageView, readContent, viewMessage } from './views-store.ts';

/** A message and what may be done to it now. */
export interface MessageDetails extends MessageView {
  allowed: MessageAction[];
}

/** Messages as callers and operators find them, and what can be done to one: {@link createMessages}. */
export function createMessages(context: MailContext) {
  const { db, now } = context;

  async function get(id: string): Promise<MessageDetails | null> {
    const [message, stored] = await Promise.all([viewMessage(db, id), loadMessage(db, id)]);
    if (!message || !stored) return null;
    return { ...message, allowed: allowedActions(await factsOf(stored)) };
  }

  async function factsOf({
    id,
    state,
    expiresAt,
    purged,
    campaignState,
  }: StoredMessage): Promise<ActionFacts> {
    const confidential = await isConfidential(context, id);
    return { now: now(), state, expiresAt, purged, campaignState, confidential };
  }

  async function requireMessage(id: string, action: MessageAction): Promise<StoredMessage> {
    const message = await loadMessage(db, id);
    if (!message) throw new MailError('unknown-message', 'There is no such message.', 'id');
    requireAllowed(action, await factsOf(message));
    return message;
  }

  /** Withdraws a message that has not been sent. Throws `wrong-state` when it is too late. */
  async function cancel(id: string, actor: Actor = {}): Promise<void> {
    await move(id, 'cancel', actor, trx => transition(trx, 'cancel', { ids: [id] }, { at: now() }));
  }

  /**
   * Puts a failed, suppressed, cancelled or unknown message back into the queue. Throws `wrong-state` for any other, and
   * once it has expired or its content is purged: it would fail again at once.
   */
  async function retry(id: string, actor: Actor = {}): Promise<void> {
    const change = { at: now(), dueAt: now() };
    await move(id, 'retry', actor, trx => transition(trx, 'retry', { ids: [id] }, change));
  }

  async function move(
    id: string,
    action: 'cancel' | 'retry',
    actor: Actor,
    change: (trx: Trx) => Promise<number>,
  ): Promise<void> {
    const before = await requireMessage(id, action);
    const { done, to } = outcomes[action];
    await inTransaction(db, async trx => {
      // Its state may have changed since it was read.
      if ((await change(trx)) === 0) throw wrongState((await stateOf(trx, id)) ?? before.state, done);
      await audited(trx, actor, {
        action: `message.${action}`,
        subject: `message:${id}`,
        before: { state: before.state },
        after: { state: to },
        at: now(),
      });
    });
  }

  /**
   * Accepts a copy of a message as a new one: same template version, data, copies and files; the route is chosen and
   * eligibility checked again. Returns its id. Throws `wrong-state` while the message still waits to be sent and once
   * its content is purged, and `confidential` for confidential mail.
   */
  async function resend(id: string, actor: Actor = {}): Promise<string> {
    const original = await requireMessage(id, 'resend');
    const copy = copyOf(original);
    await inTransaction(db, async trx => {
      await insertMessages(trx, [copy]);
      await copyAttachments(trx, { from: id, to: copy.id }, now());
      const subject = `message:${copy.id}`;
      await audited(trx, actor, { action: 'message.resend', subject, after: { copyOf: id }, at: now() });
    });
    return copy.id;
  }

  function copyOf({
    category,
    recipient,
    templateVersionId,
    topic,
    locale,
    tag,
    content,
  }: StoredMessage): NewMessage {
    return newMessage(context, { category, recipient, templateVersionId, topic, locale, tag, content });
  }

  return {
    /** One message with the actions that are possible now; null when there is none. */
    get,
    /** Messages that match, newest first; a page costs the same however many there are. */
    find: (filter: MessageFilter = {}) => findMessages(db, filter),
    /** Ids of messages that an id names: ours, an attempt's, or the provider's. */
    named: async (id: string) => (isId(id.toLowerCase()) ? messagesNamed(db, id.toLowerCase()) : []),
    /** Addresses of recipients that begin with this, ten at most. */
    recipients: async (start: string) => (start === '' ? [] : recipientsBeginning(db, start, 10)),
    /** Streams that there are messages on. */
    streams: () => listStreams(db),
    cancel,
    retry,
    resend,
    /** Whether a message like this one would go out now, and why; see {@link explain}. */
    explain: (id: string) => explain(context, id),
    async timeline(id: string) {
      const message = await viewMessage(db, id);
      return message ? timelineOf(db, message) : [];
    },
    attempts: (id: string) => listAttempts(db, id),
    events: (id: string) => eventsOf(context, id),
    /** An event as the provider reported it, JSON; null once purged. Throws `confidential` like {@link previewOf}. */
    rawEvent: (eventId: string) => rawEventOf(context, eventId),
    preview: (id: string) => previewOf(context, id),
    /** What it was accepted with; null once purged. Throws `confidential` like {@link previewOf}. */
    async content(id: string) {
      const content = await readContent(db, id);
      if (content) await refuseConfidential(context, id);
      return content;
    },
    /** Removes the content and attachments of one message before their time; its row stays. */
    purgeContent: (id: string) => purgeContent(db, id),
    /** Messages by state, over everything: counts each of them, so not for a page. */
    countByState: () => countByState(db),
  };
}

const outcomes = {
  cancel: { done: 'cancelled', to: 'cancelled' },
  retry: { done: 'retried', to: 'queued' },
} as const;

/**
 * A message as it was or will be rendered: from the version it is pinned to and the data it was accepted with.
 * Null when there is no such message or its content was purged. Throws `confidential` when only its recipient may read it.
 */
async function previewOf(context: MailContext, id: string): Promise<Rendered | null> {
  await refuseConfidential(context, id);
  const message = await loadMessage(context.db, id);
  return message && !message.purged ? rendered(context, message) : null;
}

/** A loaded message by the version it is pinned to. */
async function rendered({ templates, providers }: MailContext, message: StoredMessage): Promise<Rendered> {
  const { templateVersionId, locale, transport, content } = message;
  const unsubscribe = providers.unsubscribePlaceholder(transport);
  return renderStored(templates, { templateVersionId, data: content.data }, { locale, unsubscribe });
}
