import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AttemptsRow, MessagesRow, TemplateVersionsRow } from '../../../db/rows.ts';
import type { LeftOutCopy } from './left-out-store.ts';
import type { MessageContent } from './load-store.ts';
import type { MessageState } from './states.ts';

const message = columns<Known<MessagesRow, { state: MessageState }>>()(
  'm',
  [
    'id',
    'state',
    'reason',
    'recipient',
    'recipientName',
    'category',
    'stream',
    'transport',
    'bucket',
    'policyVersion',
    'campaignId',
    'brand',
    'topic',
    'locale',
    'tag',
    'subject',
    'idempotencyKey',
    'dueAt',
    'expiresAt',
    'createdAt',
    'sentAt',
    'deliveredAt',
    'bouncedAt',
    'complainedAt',
    'suppressedAt',
    'failedAt',
    'unknownAt',
    'cancelledAt',
    'openedAt',
    'clickedAt',
    'deferredAt',
    'deferral',
    'softBounces',
  ],
  { attempts: 'attemptCount' },
);
const version = columns<TemplateVersionsRow>()('t', ['template'], {
  templateVersion: 'version',
  templateVersionId: 'id',
});
type Version = Selected<typeof version>;

/** A row of {@link viewColumns}, to be completed by {@link completeViews}. */
export type ViewRow = Selected<typeof message> & { [Name in keyof Version]: Version[Name] | null };

/** A message as callers and operators see it. Times are UTC. */
export interface MessageView extends ViewRow {
  /** When it was last turned away for now, or reported as delayed; such mail may still arrive. */
  deferredAt: Date | null;
  /** What that was, in the provider's words. */
  deferral: string | null;
  /** How often it was turned away for now. */
  softBounces: number;
  /** The beginning of its subject, 255 characters; null for a campaign's, a confidential and a purged one. */
  subject: string | null;
  /** Null for mail without a template, as are its version and the version's id. */
  template: string | null;
  /** Nobody but its recipient may read what it says. */
  confidential: boolean;
  /** The caller's pairs; empty once purged. */
  metadata: Record<string, string>;
  /** Copies that did not get it when it was last handed over, and why; empty once purged. */
  leftOut: LeftOutCopy[];
}

/** A SELECT list of messages `m` and their template versions `t`. */
export const viewColumns = `${message.sql}, ${version.sql}`;

/** Rows with what is kept beside them. */
export async function completeViews(db: Db, rows: readonly ViewRow[]): Promise<MessageView[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [confidential, metadata, leftOut] = await Promise.all([
    confidentialMessages(db, ids),
    metadataOf(db, ids),
    leftOutOf(db, ids),
  ]);
  return rows.map(row => ({
    ...row,
    subject: confidential.has(row.id) ? null : row.subject,
    confidential: confidential.has(row.id),
    metadata: metadata.get(row.id) ?? {},
    leftOut: leftOut.get(row.id) ?? [],
  }));
}

/** The metadata of messages, by their ids. */
export async function metadataOf(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, Record<string, string>>> {
  const rows = await db('postlane_message_metadata')
    .select('message_id', 'name', 'value')
    .whereIn('message_id', [...ids])
    .orderBy('name');
  const found = new Map<string, Record<string, string>>();
  for (const { message_id, name, value } of rows)
    found.set(message_id, { ...found.get(message_id), [name]: value });
  return found;
}

async function leftOutOf(db: Db, ids: readonly string[]): Promise<Map<string, LeftOutCopy[]>> {
  const rows = await db('postlane_message_contents')
    .select('message_id', 'left_out')
    .whereIn('message_id', [...ids])
    .whereNotNull('left_out');
  return new Map(rows.map(({ message_id, left_out }) => [message_id, JSON.parse(left_out ?? '[]')]));
}

/** One message, or null. */
export async function viewMessage(db: Db, id: string): Promise<MessageView | null> {
  const row: ViewRow | undefined = await db('postlane_messages as m')
    .leftJoin('postlane_template_versions as t', 't.id', 'm.template_version_id')
    .select({ ...message.aliases, ...version.aliases })
    .where('m.id', id)
    .first();
  const [view = null] = await completeViews(db, row ? [row] : []);
  return view;
}

/** How many messages are in each state, in all or of one campaign. */
export async function countByState(
  db: Db,
  campaignId?: string,
): Promise<Partial<Record<MessageState, number>>> {
  const query = db('postlane_messages').select('state').count({ count: '*' }).groupBy('state');
  if (campaignId) query.where({ campaign_id: campaignId });
  const rows = (await query) as { state: MessageState; count: number }[];
  return Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)]));
}

/** The content a message was accepted with; null once purged, or when it is a campaign's. */
export async function readContent(db: Db, id: string): Promise<MessageContent | null> {
  const row = await db('postlane_message_contents').select('content').where({ message_id: id }).first();
  return row ? JSON.parse(row.content) : null;
}

const attempt = columns<AttemptsRow>()('postlane_attempts', [
  'id',
  'number',
  'transport',
  'outcome',
  'code',
  'answer',
  'providerMessageId',
  'createdAt',
  'handedAt',
  'settledAt',
]);

/** One attempt as operators see it. */
export type AttemptView = Selected<typeof attempt>;

/** The attempts of a message in order. */
export async function listAttempts(db: Db, messageId: string): Promise<AttemptView[]> {
  return db('postlane_attempts').select(attempt.aliases).where({ message_id: messageId }).orderBy('number');
}

/**
 * Of these messages, those that only their recipients may read: they are marked so themselves, or the version of the
 * template that they are pinned to is, or the one that is published now, for marking a template covers the mail sent
 * before, too.
 */
export async function confidentialMessages(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT m.id FROM postlane_messages m
     LEFT JOIN postlane_template_versions v ON v.id = m.template_version_id
     LEFT JOIN postlane_template_versions p ON p.template = v.template AND p.published = 1
     WHERE m.id IN (?) AND (m.confidential = 1
       OR IF(JSON_VALID(v.content), JSON_CONTAINS(v.content, 'true', '$.confidential'), v.content IS NOT NULL)
       OR IF(JSON_VALID(p.content), JSON_CONTAINS(p.content, 'true', '$.confidential'), p.content IS NOT NULL))`,
    [[...ids]],
  );
  return new Set(rows?.map(({ id }) => id));
}
