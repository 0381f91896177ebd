import type { AttachmentInput } from '../sending/input.ts';
import { joinedLines } from './headers.ts';
import type { MailData } from './refusals.ts';
import { refused } from './send-error.ts';

/** A part as nodemailer resolves it: from text, bytes, a stream, a file or an address. */
interface Part {
  content?: string | Buffer;
  encoding?: string;
  contentType?: string;
  filename?: string | false;
  cid?: string;
  method?: string;
}

/** What a mail says: subject, bodies and files. */
export function whatItSays(data: MailData): {
  subject: string;
  html: string | undefined;
  text: string | undefined;
  attachments: AttachmentInput[];
} {
  const { icalEvent, subject } = data as { icalEvent?: Part; subject?: unknown };
  const others = alternativesOf(data);
  return {
    // As nodemailer does: a line break becomes a space.
    subject: joinedLines(String(subject ?? '')),
    html: textOf(data.html) ?? others.html,
    text: textOf(data.text),
    attachments: [
      ...listOf(data.attachments).map(attachmentOf),
      ...others.events.map(calendarFile),
      ...(icalEvent?.content === undefined ? [] : [calendarFile(icalEvent)]),
    ],
  };
}

function textOf(part: unknown): string | undefined {
  const content = typeof part === 'object' && part !== null ? (part as Part).content : part;
  if (content === undefined || content === null || content === '') return undefined;
  return Buffer.isBuffer(content) ? content.toString() : String(content);
}

function listOf(parts: unknown): Part[] {
  return Array.isArray(parts) ? parts : [];
}

/** Of other versions of a mail only an HTML one, where there is none yet, and calendar events can be sent. */
function alternativesOf(data: MailData): { html: string | undefined; events: Part[] } {
  let html: string | undefined;
  const events: Part[] = [];
  listOf(data.alternatives).forEach((part, i) => {
    const type = (part.contentType ?? '').split(';')[0]?.trim().toLowerCase();
    if (type === 'text/calendar') events.push(part);
    else if (type === 'text/html' && textOf(data.html) === undefined && html === undefined)
      html = textOf(part);
    else
      throw refused(
        `alternatives[${i}]`,
        `cannot be sent as ${type || 'what it is'}: providers take HTML, text and files. Attach it instead.`,
      );
  });
  return { html, events };
}

function attachmentOf(part: Part, index: number): AttachmentInput {
  return {
    name: part.filename || `attachment-${index + 1}`,
    content: bytesOf(part),
    ...(part.contentType && { contentType: part.contentType }),
    ...(part.cid && { contentId: part.cid.replace(/^<|>$/g, '') }),
  };
}

/** Providers take no calendar part beside the bodies; clients offer the event of a file of this type as well. */
function calendarFile(part: Part): AttachmentInput {
  const method = part.method ?? /method=([\w-]+)/i.exec(part.contentType ?? '')?.[1] ?? 'PUBLISH';
  return {
    name: part.filename || 'invite.ics',
    content: bytesOf(part),
    contentType: `text/calendar; charset=utf-8; method=${method.toUpperCase()}`,
  };
}

function bytesOf({ content = '', encoding }: Part): Buffer {
  if (Buffer.isBuffer(content)) return content;
  return Buffer.from(content, encoding === 'base64' || encoding === 'hex' ? encoding : 'utf8');
}
