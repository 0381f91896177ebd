import type { SourceAttachment } from '../../store/content-window.ts';
import { asHeader, asOption, asTexts, Fields, isObject } from '../fields.ts';

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
  /** Undefined: as the server is set. */
  TrackLinks: string | undefined;
  Headers: { Name: string; Value: string }[];
  Metadata: Record<string, string>;
  Attachments: SourceAttachment[];
}

export const TRACK_LINKS = ['None', 'HtmlAndText', 'HtmlOnly', 'TextOnly'];

/** Reads the fields; the names of those with a wrong type come back instead when there are any. Others are ignored. */
export function readFields(input: unknown): EmailFields | string[] {
  if (!isObject(input)) return ['body'];
  const given = new Fields(input);
  const fields: EmailFields = {
    From: given.text('From'),
    To: given.text('To'),
    Cc: given.text('Cc'),
    Bcc: given.text('Bcc'),
    ReplyTo: given.text('ReplyTo'),
    Subject: given.text('Subject'),
    HtmlBody: given.text('HtmlBody'),
    TextBody: given.text('TextBody'),
    Tag: given.text('Tag'),
    MessageStream: given.text('MessageStream'),
    TrackOpens: given.flag('TrackOpens') ?? false,
    // The code of a bad value is not documented; it is taken for a field of the wrong type.
    TrackLinks: given.take('TrackLinks', value => asOption(TRACK_LINKS, value)),
    Headers: given.list('Headers', asHeader) ?? [],
    Metadata: given.take('Metadata', asTexts) ?? {},
    Attachments: given.list('Attachments', asAttachment) ?? [],
  };
  return given.wrong.length > 0 ? given.wrong : fields;
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
