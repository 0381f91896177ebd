import type { Db } from '../../../db/connect.ts';
import type { MessageContent } from './load-store.ts';
import type { MessageState } from './states.ts';

/** A message as callers and operators see it. Times are UTC. */
export interface MessageView {
  id: string;
  state: MessageState;
  reason: string | null;
  recipient: string;
  recipientName: string | null;
  category: string;
  stream: string;
  transport: string;
  bucket: number;
  policyVersion: number;
  template: string;
  templateVersion: number;
  templateVersionId: number;
  campaignId: string | null;
  topic: string | null;
  locale: string | null;
  tag: string | null;
  attempts: number;
  dueAt: Date | null;
  expiresAt: Date | null;
  createdAt: Date;
  sentAt: Date | null;
  deliveredAt: Date | null;
  bouncedAt: Date | null;
  complainedAt: Date | null;
  suppressedAt: Date | null;
  failedAt: Date | null;
  unknownAt: Date | null;
  cancelledAt: Date | null;
  openedAt: Date | null;
  clickedAt: Date | null;
}

const columns = {
  id: 'm.id',
  state: 'm.state',
  reason: 'm.reason',
  recipient: 'm.recipient',
  recipientName: 'm.recipient_name',
  category: 'm.category',
  stream: 'm.stream',
  transport: 'm.transport',
  bucket: 'm.bucket',
  policyVersion: 'm.policy_version',
  template: 't.template',
  templateVersion: 't.version',
  templateVersionId: 't.id',
  campaignId: 'm.campaign_id',
  topic: 'm.topic',
  locale: 'm.locale',
  tag: 'm.tag',
  attempts: 'm.attempt_count',
  dueAt: 'm.due_at',
  expiresAt: 'm.expires_at',
  createdAt: 'm.created_at',
  sentAt: 'm.sent_at',
  deliveredAt: 'm.delivered_at',
  bouncedAt: 'm.bounced_at',
  complainedAt: 'm.complained_at',
  suppressedAt: 'm.suppressed_at',
  failedAt: 'm.failed_at',
  unknownAt: 'm.unknown_at',
  cancelledAt: 'm.cancelled_at',
  openedAt: 'm.opened_at',
  clickedAt: 'm.clicked_at',
} as const satisfies Record<keyof MessageView, string>;

/** The same as a list for SQL, of messages `m` and their template versions `t`. */
export const viewColumns: string = Object.entries(columns)
  .map(([name, column]) => `${column} AS ${name}`)
  .join(', ');

const views = (db: Db) =>
  db('postlane_messages as m')
    .join('postlane_template_versions as t', 't.id', 'm.template_version_id')
    .select(columns);

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

/** One hand-over as operators see it. */
export interface AttemptView {
  id: string;
  number: number;
  transport: string;
  outcome: string | null;
  code: string | null;
  answer: string | null;
  providerMessageId: string | null;
  createdAt: Date;
  handedAt: Date | null;
  settledAt: Date | null;
}

/** The attempts of a message in order. */
export async function listAttempts(db: Db, messageId: string): Promise<AttemptView[]> {
  return db('postlane_attempts')
    .select({
      id: 'id',
      number: 'number',
      transport: 'transport',
      outcome: 'outcome',
      code: 'code',
      answer: 'answer',
      providerMessageId: 'provider_message_id',
      createdAt: 'created_at',
      handedAt: 'handed_at',
      settledAt: 'settled_at',
    })
    .where({ message_id: messageId })
    .orderBy('number');
}
