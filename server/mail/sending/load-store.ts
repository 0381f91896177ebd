import type { Db } from '../../../db/connect.ts';
import type { CampaignState } from '../campaigns/campaigns-store.ts';
import type { MessageState } from '../messages/states.ts';
import type { Mailbox } from '../providers/transport.ts';
import type { Claim } from './claims-store.ts';

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

/** A claimed message with everything that handing it over needs, save attachments' bytes. */
export interface MessageToSend {
  claim: Claim;
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
  /** True when the content is gone: it can be shown and handed over no more. */
  purged: boolean;
  /** False when its claim is ours no more: somebody else may have it in hand. */
  held: boolean;
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

/** Loads claimed messages in one query, in the order of their claims; one that is no longer there is left out. */
export async function loadMessages(db: Db, claims: readonly Claim[]): Promise<MessageToSend[]> {
  const [rows]: LoadedRow[][] = await db.raw(loadSql, [claims.map(({ messageId }) => messageId)]);
  const byId = new Map(rows?.map(row => [row.id, row]));
  return claims.flatMap(claim => {
    const row = byId.get(claim.messageId);
    return row ? [loaded(claim, row)] : [];
  });
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

function loaded(claim: Claim, row: LoadedRow): MessageToSend {
  const content = row.content === null ? null : (JSON.parse(row.content) as MessageContent);
  const recipient = mailbox(row.recipient, row.recipient_name);
  return {
    claim,
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
    held: row.state === 'sending' && row.lease === claim.lease,
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
