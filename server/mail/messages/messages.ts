import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { listStreams } from '../monitoring/series-store.ts';
import { shownLinks } from '../routing/mail-links.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { isId } from '../shared/ids.ts';
import { withCheckedInput } from '../shared/input.ts';
import { inTransaction } from '../shared/transaction.ts';
import { type Rendered, renderStored } from '../templates/index.ts';
import {
  type ActionFacts,
  allowedActions,
  type MessageAction,
  requireAllowed,
  wrongState,
} from './actions.ts';
import type { MessageDetails, Messages } from './api.ts';
import { copyAttachments } from './attachments-store.ts';
import { renderComposed } from './composed.ts';
import { eventsOf, isConfidential, rawEventOf, refuseConfidential } from './confidentiality.ts';
import { explain } from './explain.ts';
import { messageRules } from './input.ts';
import { insertMessages, stateOf } from './insert-store.ts';
import { loadMessage, type StoredMessage } from './load-store.ts';
import { type NewMessage, newMessage } from './new-message.ts';
import { purgeContent } from './purge-store.ts';
import { findMessages, messagesNamed, recipientsBeginning } from './search-store.ts';
import { timelineOf } from './timeline.ts';
import { trackedMessages } from './tracked.ts';
import { transition } from './transitions-store.ts';
import { countByState, listAttempts, readContent, viewMessage } from './views-store.ts';

/** See {@link Messages}. */
export function createMessages(context: MailContext): Messages {
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

  async function cancel(id: string, actor: Actor = {}): Promise<void> {
    await move(id, 'cancel', actor, trx => transition(trx, 'cancel', { ids: [id] }, { at: now() }));
  }

  async function retry(id: string, actor: Actor = {}): Promise<void> {
    const change = { at: now(), dueAt: now() };
    await move(id, 'retry', actor, trx => transition(trx, 'retry', { ids: [id] }, change));
  }

  async function reschedule(id: string, at: Date | string, actor: Actor = {}): Promise<void> {
    const dueAt = new Date(at);
    const refuse = ({ expiresAt }: StoredMessage) => {
      if (expiresAt && expiresAt <= dueAt)
        throw new MailError('invalid-input', 'The message will have expired by then.', 'at');
    };
    const change = { at: now(), dueAt };
    const details = { check: refuse, after: { dueAt } };
    await move(id, 'reschedule', actor, trx => transition(trx, 'reschedule', { ids: [id] }, change), details);
  }

  async function move(
    id: string,
    action: 'cancel' | 'reschedule' | 'retry',
    actor: Actor,
    change: (trx: Trx) => Promise<number>,
    { check, after }: { check?: (message: StoredMessage) => void; after?: { dueAt: Date } } = {},
  ): Promise<void> {
    const before = await requireMessage(id, action);
    check?.(before);
    const { done, to } = outcomes[action];
    await inTransaction(db, async trx => {
      // Its state may have changed since it was read.
      if ((await change(trx)) === 0) throw wrongState((await stateOf(trx, id)) ?? before.state, done);
      await audited(trx, actor, {
        action: `message.${action}`,
        subject: `message:${id}`,
        before: { state: before.state },
        after: { state: to, ...after },
        at: now(),
      });
    });
  }

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
    confidential,
    brand: name,
    content,
  }: StoredMessage): NewMessage {
    const brand = context.brands.named(name);
    const outside = { brand, category, recipient, topic, locale, tag, confidential: confidential === 1 };
    return newMessage(context, { ...outside, templateVersionId, content });
  }

  const messages: Messages = {
    get,
    find: (filter = {}) => findMessages(db, filter),
    named: async id => (isId(id.toLowerCase()) ? messagesNamed(db, id.toLowerCase()) : []),
    tracked: ids => trackedMessages(db, ids),
    recipients: async start => (start === '' ? [] : recipientsBeginning(db, start, 10)),
    streams: () => listStreams(db),
    cancel,
    reschedule,
    retry,
    resend,
    explain: id => explain(context, id),
    async timeline(id) {
      const message = await viewMessage(db, id);
      return message ? timelineOf(db, message) : [];
    },
    attempts: id => listAttempts(db, id),
    events: id => eventsOf(context, id),
    rawEvent: eventId => rawEventOf(context, eventId),
    preview: id => previewOf(context, id),
    async content(id) {
      const content = await readContent(db, id);
      if (content) await refuseConfidential(context, id);
      return content;
    },
    purgeContent: id => purgeContent(db, id),
    countByState: () => countByState(db),
  };
  return withCheckedInput(messages, messageRules);
}

const outcomes = {
  cancel: { done: 'cancelled', to: 'cancelled' },
  reschedule: { done: 'rescheduled', to: 'queued' },
  retry: { done: 'retried', to: 'queued' },
} as const;

/** From the version it is pinned to and the data it was accepted with; see {@link Messages.preview}. */
async function previewOf(context: MailContext, id: string): Promise<Rendered | null> {
  await refuseConfidential(context, id);
  const message = await loadMessage(context.db, id);
  return message && !message.purged ? rendered(context, message) : null;
}

/** A loaded message by the version it is pinned to. */
async function rendered(context: MailContext, message: StoredMessage): Promise<Rendered> {
  const { templateVersionId, locale, content } = message;
  const links = shownLinks(context, message);
  if (message.unreadable) throw new MailError('invalid-data', message.unreadable, 'content');
  if (content.composed) return renderComposed(content.composed, links);
  if (templateVersionId === null)
    throw new Error(`Message ${message.id} has neither a template nor a content.`);
  return renderStored(context.templates, { templateVersionId, content }, { locale, ...links });
}
