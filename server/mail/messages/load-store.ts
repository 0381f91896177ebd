import type { Db } from '../../../db/connect.ts';
import type { CampaignState } from '../campaigns/states.ts';
import type { Mailbox } from '../providers/transport.ts';
import type { MessageState } from './states.ts';

/** The personal and bulky part of a message, kept beside its row. */
export interface MessageContent {
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  replyTo: Mailbox[];
  data: Record<string, unknown>;
  headers: Record<string, string>;
  metadata: Record<string, string>;
}

/** A message with everything that sending it needs, except the bytes of its attachments. */
export interface StoredMessage {
  id: string;
  state: MessageState;
  lease: string | null;
  /** Its latest attempt; empty before the first. */
  attemptId: string;
  attempts: number;
  category: string;
  stream: string;
  transport: string;
  templateVersionId: number;
  campaignId: string | null;
  campaignState: CampaignState | null;
  topic: string | null;
  recipient: Mailbox;
  locale: string | null;
  tag: string | null;
  expiresAt: Date | null;
  content: MessageContent;
  hasAttachments: boolean;
  /** True when the content is gone: it can no longer be shown or sent. */
  purged: boolean;
}

interface LoadedRow {
  id: string;
  state: MessageState;
  lease: string | null;
  attempt_id: string | null;
  attempt_count: number;
  category: string;
  stream: string;
  transport: string;
  template_version_id: number;
  campaign_id: string | null;
  topic: string | null;
  recipient: string;
  recipient_name: string | null;
  locale: string | null;
  tag: string | null;
  expires_at: Date | null;
  content: string | null;
  audience_address: string | null;
  recipient_data: string | null;
  campaign_data: string | null;
  campaign_state: CampaignState | null;
  has_attachments: 0 | 1;
}

/** Loads messages in one query, in the order of their ids; one that is not there is left out. */
export async function loadMessages(db: Db, ids: readonly string[]): Promise<StoredMessage[]> {
  const [rows]: LoadedRow[][] = await db.raw(loadSql, [[...ids]]);
  const byId = new Map(rows?.map(row => [row.id, row]));
  return ids.flatMap(id => {
    const row = byId.get(id);
    return row ? [storedMessage(row)] : [];
  });
}

/** One message, or null. */
export async function loadMessage(db: Db, id: string): Promise<StoredMessage | null> {
  const [message = null] = await loadMessages(db, [id]);
  return message;
}

// A campaign's message has no content row: its data is its recipient's row and the campaign's own.
const loadSql = `SELECT m.id, m.state, m.lease, a.id AS attempt_id, m.attempt_count, m.category, m.stream, m.transport,
    m.template_version_id, m.campaign_id, m.topic, m.recipient, m.recipient_name, m.locale, m.tag, m.expires_at,
    c.content, r.address AS audience_address, r.data AS recipient_data, k.data AS campaign_data,
    k.state AS campaign_state,
    EXISTS (SELECT 1 FROM postlane_message_attachments f WHERE f.message_id = m.id) AS has_attachments
  FROM postlane_messages m
  LEFT JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
  LEFT JOIN postlane_message_contents c ON c.message_id = m.id
  LEFT JOIN postlane_campaigns k ON k.id = m.campaign_id
  LEFT JOIN postlane_campaign_recipients r ON r.campaign_id = m.campaign_id AND r.address = m.recipient
  WHERE m.id IN (?)`;

function storedMessage(row: LoadedRow): StoredMessage {
  const content = row.content === null ? null : (JSON.parse(row.content) as MessageContent);
  const recipient = mailbox(row.recipient, row.recipient_name);
  return {
    id: row.id,
    state: row.state,
    lease: row.lease,
    attemptId: row.attempt_id ?? '',
    attempts: row.attempt_count,
    category: row.category,
    stream: row.stream,
    transport: row.transport,
    templateVersionId: row.template_version_id,
    campaignId: row.campaign_id,
    campaignState: row.campaign_state,
    topic: row.topic,
    recipient: content?.to[0] ?? recipient,
    locale: row.locale,
    tag: row.tag,
    expiresAt: row.expires_at,
    content: content ?? { ...emptyContent, to: [recipient], data: campaignData(row) },
    hasAttachments: row.has_attachments === 1,
    purged: row.content === null && row.audience_address === null,
  };
}

const emptyContent = { cc: [], bcc: [], replyTo: [], headers: {}, metadata: {} };

function campaignData(row: LoadedRow): Record<string, unknown> {
  const shared = row.campaign_data === null ? {} : JSON.parse(row.campaign_data);
  return row.recipient_data === null ? shared : { ...shared, ...JSON.parse(row.recipient_data) };
}

function mailbox(email: string, name: string | null): Mailbox {
  return name ? { email, name } : { email };
}
