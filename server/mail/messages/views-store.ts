import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AttemptsRow, MessagesRow, TemplateVersionsRow } from '../../../db/rows.ts';
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
    'topic',
    'locale',
    'tag',
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
  ],
  { attempts: 'attemptCount' },
);
const version = columns<TemplateVersionsRow>()('t', ['template'], {
  templateVersion: 'version',
  templateVersionId: 'id',
});

/** A message as callers and operators see it. Times are UTC. */
export type MessageView = Selected<typeof message> & Selected<typeof version>;

/** The same as a SELECT list, of messages `m` and their template versions `t`. */
export const viewColumns = `${message.sql}, ${version.sql}`;

const views = (db: Db) =>
  db('postlane_messages as m')
    .join('postlane_template_versions as t', 't.id', 'm.template_version_id')
    .select({ ...message.aliases, ...version.aliases });

/** One message, or null. */
export async function viewMessage(db: Db, id: string): Promise<MessageView | null> {
  return (await views(db).where('m.id', id).first()) ?? null;
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
 * Of these messages, those that only their recipients may read: the version of the template that they are pinned to
 * is marked so, or the one that is published now, for marking a template covers the mail sent before, too.
 */
export async function confidentialMessages(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const [rows]: { id: string }[][] = await db.raw(
    `SELECT m.id FROM postlane_messages m
     JOIN postlane_template_versions v ON v.id = m.template_version_id
     LEFT JOIN postlane_template_versions p ON p.template = v.template AND p.published = 1
     WHERE m.id IN (?) AND (JSON_CONTAINS(v.content, 'true', '$.confidential') OR JSON_CONTAINS(p.content, 'true', '$.confidential'))`,
    [[...ids]],
  );
  return new Set(rows?.map(({ id }) => id));
}
