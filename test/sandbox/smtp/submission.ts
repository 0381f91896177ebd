import { decodeWords } from 'postal-mime';
import type { Submission } from '../messages/accept.ts';
import { type Mailbox, readMailboxes } from '../messages/addresses.ts';
import type { Provider } from '../state/provider.ts';
import { type HeaderField, readHeaders } from './headers.ts';

const METADATA_PREFIX = 'x-pm-metadata-';

/**
 * What an SMTP transaction asks for; `stream` and the rest may still break a rule. `fixedStream`: the one of the SMTP
 * token that logged in, which no header overrides.
 */
export function toSubmission(
  provider: Provider,
  raw: Buffer,
  rcptTo: readonly string[],
  fixedStream: string | null,
): Submission {
  const fields = readHeaders(raw);
  const first = (name: string): string => fields.find(field => field[0] === name)?.[1] ?? '';
  const wanted = fixedStream ?? (first('x-pm-message-stream') || 'outbound');
  const stream = provider.streams.get(wanted)?.id ?? wanted;
  const askedBounce = first('x-pm-bounce-type');
  return {
    via: 'smtp',
    stream,
    from: mailboxes(first('from'))[0] ?? { Email: '', Name: '' },
    ...sortRecipients(rcptTo, mailboxes(first('to')), mailboxes(first('cc'))),
    inactive: provider.suppressions.inactive(stream, rcptTo),
    subject: decodeWords(first('subject')),
    tag: decodeWords(first('x-pm-tag')),
    metadata: readMetadata(fields),
    trackOpens: first('x-pm-trackopens').toLowerCase() === 'true',
    trackLinks: readTrackLinks(first('x-pm-tracklinks')) ?? provider.server.TrackLinks,
    attachments: attachmentNames(raw, first('content-type')),
    ...(askedBounce === '' ? {} : { askedBounce }),
    source: { kind: 'mime', raw },
  };
}

const TRACK_LINKS: readonly string[] = ['None', 'HtmlAndText', 'HtmlOnly', 'TextOnly'];

function readTrackLinks(value: string): string | undefined {
  return TRACK_LINKS.find(one => one.toLowerCase() === value.toLowerCase());
}

function mailboxes(header: string): Mailbox[] {
  return readMailboxes(header).map(({ Email, Name }) => ({ Email, Name: decodeWords(Name) }));
}

/** Who gets the mail is said by the envelope; the headers only say under which heading. The rest is Bcc. */
function sortRecipients(
  rcptTo: readonly string[],
  toHeader: readonly Mailbox[],
  ccHeader: readonly Mailbox[],
): Pick<Submission, 'to' | 'cc' | 'bcc'> {
  const people = { to: [] as Mailbox[], cc: [] as Mailbox[], bcc: [] as Mailbox[] };
  for (const email of rcptTo) {
    const to = named(toHeader, email);
    const cc = to ? undefined : named(ccHeader, email);
    if (to) people.to.push(to);
    else if (cc) people.cc.push(cc);
    else people.bcc.push({ Email: email, Name: '' });
  }
  return people;
}

function named(header: readonly Mailbox[], email: string): Mailbox | undefined {
  return header.find(({ Email }) => Email === email || Email.toLowerCase() === email.toLowerCase());
}

/** One field per header; keys in lower case, since header names lose theirs. A repeated key gets a number. */
function readMetadata(fields: readonly HeaderField[]): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    const key = name.slice(METADATA_PREFIX.length);
    let free = key;
    for (let number = 2; free in metadata; number += 1) free = `${key}${number}`;
    metadata[free] = decodeWords(value);
  }
  return metadata;
}

/** Only a multipart/mixed or multipart/related message can carry files; their names are read without parsing it. */
function attachmentNames(raw: Buffer, contentType: string): string[] {
  if (!/^multipart\/(mixed|related)/i.test(contentType)) return [];
  const names = new Set<string>();
  for (const match of raw.toString('latin1').matchAll(/\bfilename="?([^"\r\n;]+)"?/gi)) {
    if (match[1] !== undefined) names.add(decodeWords(match[1].trim()));
  }
  return [...names];
}
