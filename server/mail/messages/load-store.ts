import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type {
  AttemptsRow,
  CampaignRecipientsRow,
  CampaignsRow,
  MessageContentsRow,
  MessagesRow,
} from '../../../db/rows.ts';
import type { CampaignState } from '../campaigns/states.ts';
import type { Mailbox } from '../providers/transport.ts';
import type { Branding } from '../routing/brands.ts';
import type { ComposedContent } from './composed.ts';
import type { LeftOutCopy } from './left-out-store.ts';
import type { MessageState } from './states.ts';

/** The personal and bulky part of a message, kept beside its row. */
export interface MessageContent {
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  replyTo: Mailbox[];
  /** What its template was given; empty for composed mail. */
  data: Record<string, unknown>;
  /** Mail without a template. */
  composed?: ComposedContent;
  headers: Record<string, string>;
  metadata: Record<string, string>;
  /** In whose name it goes out, as it was when it was accepted. */
  branding?: Branding;
}

const own = columns<Known<MessagesRow, { state: MessageState }>>()(
  'm',
  [
    'id',
    'state',
    'lease',
    'category',
    'stream',
    'transport',
    'templateVersionId',
    'campaignId',
    'topic',
    'locale',
    'tag',
    'confidential',
    'brand',
    'expiresAt',
  ],
  { attempts: 'attemptCount' },
);
const addressee = columns<MessagesRow>()('m', [], { address: 'recipient', addressName: 'recipientName' });
const attempt = columns<AttemptsRow>()('a', [], { attemptId: 'id' });
const stored = columns<MessageContentsRow>()('c', [], { contentText: 'content', leftOutText: 'leftOut' });
const campaign = columns<Known<CampaignsRow, { state: CampaignState }>>()('k', [], {
  campaignState: 'state',
  campaignData: 'data',
  campaignBranding: 'branding',
});
const audience = columns<CampaignRecipientsRow>()('r', [], {
  audienceAddress: 'address',
  recipientData: 'data',
  recipientMetadata: 'metadata',
  recipientReplyTo: 'replyTo',
});

type Joined = Selected<typeof attempt> &
  Selected<typeof stored> &
  Selected<typeof campaign> &
  Selected<typeof audience>;

/** A row of {@link loadSql}; what is joined may be missing. */
type LoadedRow = Selected<typeof own> &
  Selected<typeof addressee> & { [Name in keyof Joined]: Joined[Name] | null } & {
    hasAttachments: 0 | 1;
    lastCode: string | null;
    notHandedOver: number;
  };

/** A message with everything that sending it needs, except the bytes of its attachments. */
export interface StoredMessage extends Selected<typeof own> {
  /** Its latest attempt; empty before the first. */
  attemptId: string;
  campaignState: CampaignState | null;
  recipient: Mailbox;
  content: MessageContent;
  hasAttachments: boolean;
  /** Copies that its last hand-over left out. */
  leftOut: LeftOutCopy[];
  /** True when the content is gone: it can no longer be shown or sent. */
  purged: boolean;
  /** What is wrong with content that is there and cannot be read; it is empty then. */
  unreadable: string | null;
  /** What the attempt before the latest came to; null where there was none. */
  lastCode: string | null;
  /** How many attempts before the latest ended before the provider was asked, such as for want of a route. */
  notHandedOver: number;
}

/** A message of a template's. */
export type TemplatedMessage = StoredMessage & { templateVersionId: number };

/** False for composed mail. */
export function isTemplated(message: StoredMessage): message is TemplatedMessage {
  return message.templateVersionId !== null;
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
const loadSql = `SELECT ${[own, addressee, attempt, stored, campaign, audience].map(({ sql }) => sql).join(', ')},
    EXISTS (SELECT 1 FROM postlane_message_attachments f WHERE f.message_id = m.id) AS hasAttachments,
    (SELECT p.code FROM postlane_attempts p WHERE p.message_id = m.id AND p.number + 1 = m.attempt_count) AS lastCode,
    IF(m.attempt_count > 1, (SELECT COUNT(*) FROM postlane_attempts n
      WHERE n.message_id = m.id AND n.number < m.attempt_count AND n.handed_at IS NULL), 0) AS notHandedOver
  FROM postlane_messages m
  LEFT JOIN postlane_attempts a ON a.message_id = m.id AND a.number = m.attempt_count
  LEFT JOIN postlane_message_contents c ON c.message_id = m.id
  LEFT JOIN postlane_campaigns k ON k.id = m.campaign_id
  LEFT JOIN postlane_campaign_recipients r ON r.campaign_id = m.campaign_id AND r.address = m.recipient
  WHERE m.id IN (?)`;

function storedMessage(row: LoadedRow): StoredMessage {
  const {
    address,
    addressName,
    attemptId,
    contentText,
    leftOutText,
    campaignData,
    campaignBranding,
    audienceAddress,
    recipientData,
    recipientMetadata,
    recipientReplyTo,
    ...own
  } = row;
  const recipient = addressName ? { email: address, name: addressName } : { email: address };
  const { content, unreadable } = readable(recipient, () =>
    contentText === null
      ? {
          ...emptyContent,
          to: [recipient],
          data: dataOf(campaignData, recipientData),
          replyTo: recipientReplyTo === null ? [] : JSON.parse(recipientReplyTo),
          metadata: readObject(recipientMetadata ?? '{}') as MessageContent['metadata'],
          ...(campaignBranding !== null && { branding: JSON.parse(campaignBranding) as Branding }),
        }
      : readContent(contentText),
  );
  return {
    ...own,
    attemptId: attemptId ?? '',
    recipient: content.to[0] ?? recipient,
    content,
    unreadable,
    hasAttachments: own.hasAttachments === 1,
    leftOut: readLeftOut(leftOutText),
    purged: contentText === null && audienceAddress === null,
  };
}

/** One row that nobody can read must not keep the others of its page from being read. */
function readable(
  recipient: Mailbox,
  read: () => MessageContent,
): { content: MessageContent; unreadable: string | null } {
  try {
    return { content: read(), unreadable: null };
  } catch (error) {
    const empty = { ...emptyContent, to: [recipient], data: {} };
    return { content: empty, unreadable: `its stored content cannot be read: ${(error as Error).message}` };
  }
}

const emptyContent = { cc: [], bcc: [], replyTo: [], headers: {}, metadata: {} };

function dataOf(campaign: string | null, recipient: string | null): Record<string, unknown> {
  return { ...readObject(campaign ?? '{}'), ...readObject(recipient ?? '{}') };
}

// What was left out is shown and never sent, so that a message does not fail for it.
function readLeftOut(text: string | null): StoredMessage['leftOut'] {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
}

function readContent(text: string): MessageContent {
  const content: MessageContent = { ...emptyContent, to: [], data: {}, ...readObject(text) };
  const { to, cc, bcc, replyTo } = content;
  const lists: unknown[] = [to, cc, bcc, replyTo];
  if (!lists.every(Array.isArray) || to.length === 0) throw new Error('it names no recipient');
  if (![...to, ...cc, ...bcc, ...replyTo].every(isMailbox)) throw new Error('it has an address that is none');
  return content;
}

function readObject(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Error('it is no object');
}

function isMailbox(value: unknown): value is Mailbox {
  return typeof value === 'object' && value !== null && 'email' in value && typeof value.email === 'string';
}
