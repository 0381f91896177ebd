import type { SourceAttachment } from '../store/contents.ts';

/** The fields of a send request with their types checked; absent texts are undefined. */
export interface EmailFields {
  From: string | undefined;
  To: string | undefined;
  Cc: string | undefined;
  Bcc: string | undefined;
  ReplyTo: string | undefined;
  Subject: string | undefined;
  HtmlBody: string | undefined;
  TextBody: string | undefined;
  Tag: string | undefined;
  MessageStream: string | undefined;
  TrackOpens: boolean;
  TrackLinks: string;
  Headers: { Name: string; Value: string }[];
  Metadata: Record<string, string>;
  Attachments: SourceAttachment[];
}

const TRACK_LINKS = ['None', 'HtmlAndText', 'HtmlOnly', 'TextOnly'];

/** Reads the fields; the names of those with a wrong type come back instead when there are any. Others are ignored. */
export function readFields(input: unknown): EmailFields | string[] {
  if (!isObject(input)) return ['body'];
  const wrong: string[] = [];
  const take = <T>(name: string, read: (value: unknown) => T | null, absent: T): T => {
    const value = input[name];
    if (value === undefined || value === null) return absent;
    const taken = read(value);
    if (taken === null) wrong.push(name);
    return taken ?? absent;
  };
  const text = (name: string): string | undefined => take<string | undefined>(name, asText, undefined);
  const fields: EmailFields = {
    From: text('From'),
    To: text('To'),
    Cc: text('Cc'),
    Bcc: text('Bcc'),
    ReplyTo: text('ReplyTo'),
    Subject: text('Subject'),
    HtmlBody: text('HtmlBody'),
    TextBody: text('TextBody'),
    Tag: text('Tag'),
    MessageStream: text('MessageStream'),
    TrackOpens: take('TrackOpens', value => (typeof value === 'boolean' ? value : null), false),
    TrackLinks: take('TrackLinks', asTrackLinks, 'None'),
    Headers: take('Headers', value => asList(value, asHeader), []),
    Metadata: take('Metadata', asMetadata, {}),
    Attachments: take('Attachments', value => asList(value, asAttachment), []),
  };
  return wrong.length > 0 ? wrong : fields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asTrackLinks(value: unknown): string | null {
  return TRACK_LINKS.find(option => option.toLowerCase() === String(value).toLowerCase()) ?? null;
}

function asList<T>(value: unknown, read: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(read);
  return items.every(item => item !== null) ? items : null;
}

function asHeader(value: unknown): { Name: string; Value: string } | null {
  if (!isObject(value)) return null;
  const { Name, Value } = value;
  return typeof Name === 'string' && typeof Value === 'string' ? { Name, Value } : null;
}

function asMetadata(value: unknown): Record<string, string> | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null;
}

function asAttachment(value: unknown): SourceAttachment | null {
  if (!isObject(value)) return null;
  const { Name, Content, ContentType, ContentID } = value;
  if (typeof Name !== 'string' || typeof Content !== 'string') return null;
  if (ContentType !== undefined && ContentType !== null && typeof ContentType !== 'string') return null;
  if (ContentID !== undefined && ContentID !== null && typeof ContentID !== 'string') return null;
  const contentType = ContentType ?? 'application/octet-stream';
  return { name: Name, content: Content, contentType, contentId: ContentID ?? '' };
}
