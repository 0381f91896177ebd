import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { allowedActions, type MessageAction, requireAllowed } from '../messages/actions.ts';
import type { MessageDetails, Messages } from '../messages/api.ts';
import { renderComposed } from '../messages/composed.ts';
import { confidential } from '../messages/confidentiality.ts';
import type { MessageFilter } from '../messages/filter.ts';
import type { MessageState, TransitionName } from '../messages/states.ts';
import { isTracked } from '../messages/tracked.ts';
import type { MessageView } from '../messages/views-store.ts';
import { shownLinks } from '../routing/mail-links.ts';
import { addressKey } from '../shared/address.ts';
import { renderStored } from '../templates/index.ts';
import { type Entry, type FakeLedger, move } from './ledger.ts';

/** What of `mail.messages` works without a database. */
export type FakeMessages = Pick<
  Messages,
  | 'get'
  | 'find'
  | 'named'
  | 'tracked'
  | 'cancel'
  | 'reschedule'
  | 'retry'
  | 'preview'
  | 'content'
  | 'countByState'
>;

/** See {@link FakeMessages}. */
export function createFakeMessages(context: MailContext, ledger: FakeLedger): FakeMessages {
  const { now } = context;

  const factsOf = ({ view, stored: { purged } }: Entry) => {
    const { state, expiresAt } = view;
    const campaign = view.campaignId === null ? undefined : ledger.campaigns.get(view.campaignId);
    const campaignState = campaign?.campaign.state ?? null;
    return { now: now(), state, expiresAt, purged, campaignState, confidential: view.confidential };
  };

  function required(id: string, action: MessageAction): Entry {
    const entry = ledger.messages.get(id);
    if (!entry) throw new MailError('unknown-message', 'There is no such message.', 'id');
    requireAllowed(action, factsOf(entry));
    return entry;
  }

  const change = (entry: Entry, name: TransitionName, dueAt: Date) =>
    void move(entry, name, { at: now(), dueAt });

  function readable(id: string): Entry | null {
    const entry = ledger.messages.get(id) ?? null;
    if (entry?.view.confidential) throw confidential('What it says is for its recipient alone.');
    return entry;
  }

  return {
    async get(id): Promise<MessageDetails | null> {
      const entry = ledger.messages.get(id);
      return entry ? { ...entry.view, allowed: allowedActions(factsOf(entry)) } : null;
    },
    async find(filter = {}) {
      const all = [...ledger.messages.values()].map(({ view }) => ({ ...view }));
      return pageOf(all.filter(view => matches(view, filter)).sort(newestFirst), filter);
    },
    named: async id => (ledger.messages.has(id.toLowerCase()) ? [id.toLowerCase()] : []),
    async tracked(ids) {
      const found = [...ledger.messages.values()].filter(({ view }) => isTracked(view, ids));
      return { messages: found.map(({ view: { id, recipient } }) => ({ id, recipient })), more: false };
    },
    async cancel(id) {
      change(required(id, 'cancel'), 'cancel', now());
    },
    async reschedule(id, at) {
      const entry = required(id, 'reschedule');
      const dueAt = new Date(at);
      if (entry.view.expiresAt && entry.view.expiresAt <= dueAt)
        throw new MailError('invalid-input', 'The message will have expired by then.', 'at');
      change(entry, 'reschedule', dueAt);
    },
    async retry(id) {
      change(required(id, 'retry'), 'retry', now());
    },
    async preview(id) {
      const stored = readable(id)?.stored;
      if (!stored) return null;
      const { content, locale, templateVersionId } = stored;
      const links = shownLinks(context, stored);
      if (content.composed) return renderComposed(content.composed, links);
      if (templateVersionId === null) return null;
      return renderStored(context.templates, { templateVersionId, content }, { locale, ...links });
    },
    async content(id) {
      const entry = readable(id);
      return entry && entry.view.campaignId === null ? entry.stored.content : null;
    },
    async countByState() {
      const counts: Partial<Record<MessageState, number>> = {};
      for (const { view } of ledger.messages.values()) counts[view.state] = (counts[view.state] ?? 0) + 1;
      return counts;
    },
  };
}

function newestFirst(a: MessageView, b: MessageView): number {
  return a.id < b.id ? 1 : -1;
}

function matches(view: MessageView, filter: MessageFilter): boolean {
  const { recipient, metadata = {}, since, until, cursor, after } = filter;
  const same = (
    ['template', 'category', 'subject', 'state', 'stream', 'tag', 'campaignId', 'idempotencyKey'] as const
  ).every(name => filter[name] === undefined || view[name] === filter[name]);
  return (
    same &&
    (recipient === undefined || view.recipient === addressKey(recipient)) &&
    Object.entries(metadata).every(([name, value]) => view.metadata[name] === value) &&
    (since === undefined || view.createdAt >= new Date(since)) &&
    (until === undefined || view.createdAt < new Date(until)) &&
    (cursor === undefined || view.id < cursor) &&
    (after === undefined || view.id > after)
  );
}

function pageOf(all: readonly MessageView[], { limit = 50, cursor, after }: MessageFilter) {
  const size = Math.min(limit, 500);
  const messages = after ? all.slice(-size) : all.slice(0, size);
  const more = all.length > messages.length;
  const [first, last] = [messages.at(0)?.id ?? null, messages.at(-1)?.id ?? null];
  if (after) return { messages, partial: false, newer: more ? first : null, cursor: last ?? after };
  return { messages, partial: false, cursor: more ? last : null, newer: cursor ? (first ?? cursor) : null };
}
