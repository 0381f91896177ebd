import type { Db } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { markHoursDirty } from '../monitoring/hourly-store.ts';
import { listStreams } from '../monitoring/series-store.ts';
import { chooseRoute } from '../routing/policy.ts';
import { loadMessages, type MessageToSend } from '../sending/load-store.ts';
import { addressKey } from '../shared/address.ts';
import { recordChange } from '../shared/audit-store.ts';
import { hourOf } from '../shared/hours.ts';
import { isId, timeOfId } from '../shared/id-time.ts';
import { idAt } from '../shared/ids.ts';
import { inTransaction } from '../shared/transaction.ts';
import { copyAttachments } from './attachments-store.ts';
import { eventsOf, isSecret, rawEventOf, refuseSecret, secret } from './confidentiality.ts';
import { cancelMessage, insertMessages, type NewMessage, retryMessage, stateOf } from './messages-store.ts';
import { purgeContent } from './purge-store.ts';
import { previewOf } from './rendered.ts';
import { findMessages, type MessageFilter, messagesNamed, recipientsBeginning } from './search-store.ts';
import type { MessageState } from './states.ts';
import { timelineOf } from './timeline.ts';
import { countByState, listAttempts, readContent, viewMessage } from './views-store.ts';

/** Who does it: then it is in the audit log as well. */
export interface Actor {
  by?: string;
}

/** Messages as callers and operators find them, and what can be done to one: {@link createMessages}. */
export function createMessages(context: MailContext) {
  const { db, now } = context;

  /** Moves a message and writes down who did; refuses with the state that stood in the way. */
  async function change(
    id: string,
    what: { verb: string; done: string; to: MessageState },
    move: (trx: Db) => Promise<boolean>,
    { by }: Actor,
  ): Promise<void> {
    await inTransaction(db, async trx => {
      const before = await stateOf(trx, id);
      if (!before) throw unknownMessage();
      if (!(await move(trx))) {
        const state = (await stateOf(trx, id)) ?? before;
        throw new MailError('wrong-state', `A message that is ${state} cannot be ${what.done}.`, 'state');
      }
      if (!by) return;
      const entry = { by, action: `message.${what.verb}`, subject: `message:${id}`, at: now() };
      await recordChange(trx, { ...entry, before: { state: before }, after: { state: what.to } });
    });
  }

  /**
   * Accepts a copy of a message as a new one: same template version, data, copies and files; the route is chosen and
   * the recipient judged anew. Returns its id. Throws `wrong-state` once the content is purged, and `secret` for mail
   * that brings what is good once.
   */
  async function resend(id: string, { by }: Actor = {}): Promise<string> {
    const [original] = await loadMessages(db, [{ messageId: id, lease: '' }]);
    if (!original) throw unknownMessage();
    if (await isSecret(context, id)) {
      throw secret('What it says is for its recipient alone, and good once: have a new one asked for.');
    }
    if (original.purged) throw purged();
    const copy = copyOf(context, original);
    await inTransaction(db, async trx => {
      await insertMessages(trx, [copy]);
      await copyAttachments(trx, { from: id, to: copy.id }, now());
      if (!by) return;
      const entry = { by, action: 'message.resend', subject: `message:${copy.id}`, at: now() };
      await recordChange(trx, { ...entry, before: null, after: { copyOf: id } });
    });
    return copy.id;
  }

  /** Refuses what would fail again at once. */
  async function retry(id: string, actor: Actor = {}): Promise<void> {
    const [message] = await loadMessages(db, [{ messageId: id, lease: '' }]);
    if (!message) throw unknownMessage();
    if (message.purged) throw purged();
    if (message.expiresAt && message.expiresAt <= now()) {
      throw new MailError('wrong-state', 'It has expired. A copy of it does not expire.', 'expiresAt');
    }
    if (message.campaignState === 'cancelled') {
      throw new MailError(
        'wrong-state',
        'Its campaign was cancelled. A copy of it is on its own.',
        'campaign',
      );
    }
    const how = { verb: 'retry', done: 'retried', to: 'queued' } as const;
    const move = async (trx: Db): Promise<boolean> => {
      // What was settled is counted anew.
      await markHoursDirty(trx, [hourOf(timeOfId(id))], now());
      return retryMessage(trx, id, now());
    };
    await change(id, how, move, actor);
  }

  return {
    get: (id: string) => viewMessage(db, id),
    /** Messages that match, newest first; a page costs the same however many there are. */
    find: (filter: MessageFilter = {}) => findMessages(db, filter),
    /** Ids of messages that an id names: ours, an attempt's, or Postmark's. */
    named: async (id: string) => (isId(id.toLowerCase()) ? messagesNamed(db, id.toLowerCase()) : []),
    /** Addresses of recipients that begin with this, ten at most. */
    recipients: async (start: string) => (start === '' ? [] : recipientsBeginning(db, start, 10)),
    /** Streams that there are messages on. */
    streams: () => listStreams(db),
    /** Withdraws a message that has not left. Throws `wrong-state` when it is too late. */
    cancel: (id: string, actor: Actor = {}) =>
      change(
        id,
        { verb: 'cancel', done: 'cancelled', to: 'cancelled' },
        trx => cancelMessage(trx, id, now()),
        actor,
      ),
    /**
     * Puts a failed, suppressed, cancelled or unknown message back into the queue. Throws `wrong-state` for any other, and
     * once it has expired or its content is purged.
     */
    retry,
    resend,
    async timeline(id: string) {
      const message = await viewMessage(db, id);
      return message ? timelineOf(db, message) : [];
    },
    attempts: (id: string) => listAttempts(db, id),
    events: (id: string) => eventsOf(context, id),
    /** An event as the provider reported it, JSON; null once purged. Throws `secret` like {@link previewOf}. */
    rawEvent: (eventId: string) => rawEventOf(context, eventId),
    preview: (id: string) => previewOf(context, id),
    /** What it was accepted with; null once purged. Throws `secret` like {@link previewOf}. */
    async content(id: string) {
      const content = await readContent(db, id);
      if (content) await refuseSecret(context, id);
      return content;
    },
    /** Removes what one message says and brings, before its time: for mail that carries a secret. Its row stays. */
    purgeContent: (id: string) => purgeContent(db, id),
    /** Messages by state, over everything: counts each of them, so not for a page. */
    countByState: () => countByState(db),
  };
}

function copyOf({ policy, now }: MailContext, original: MessageToSend): NewMessage {
  const { content, recipient } = original;
  const createdAt = now();
  return {
    id: idAt(createdAt),
    attempt: null,
    dueAt: createdAt,
    route: chooseRoute(policy, original.category, addressKey(recipient.email)),
    templateVersionId: original.templateVersionId,
    campaignId: null,
    topic: original.topic,
    recipient: addressKey(recipient.email),
    recipientName: recipient.name ?? null,
    locale: original.locale,
    tag: original.tag,
    idempotencyKey: null,
    fingerprint: null,
    expiresAt: null,
    content,
    createdAt,
  };
}

function purged(): MailError {
  return new MailError('wrong-state', 'Its content has been purged.', 'content');
}

function unknownMessage(): MailError {
  return new MailError('unknown-message', 'There is no such message.', 'id');
}
