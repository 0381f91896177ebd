import type { Mailbox } from '../providers/transport.ts';
import type { MailData } from './refusals.ts';
import { refused } from './send-error.ts';

/** Mailboxes as nodemailer has parsed them, groups taken apart. Whether they can be mailed is checked by the send. */
export function mailboxesOf(parsed: unknown): Mailbox[] {
  const list = Array.isArray(parsed) ? parsed : parsed ? [parsed] : [];
  return list.flatMap((one: { address?: string; name?: string; group?: unknown }) => {
    if (one.group) return mailboxesOf(one.group);
    return [{ email: one.address ?? '', ...(one.name && { name: one.name }) }];
  });
}

const priorities: Record<string, Record<string, string>> = {
  high: { 'X-Priority': '1 (Highest)', 'X-MSMail-Priority': 'High', Importance: 'High' },
  low: { 'X-Priority': '5 (Lowest)', 'X-MSMail-Priority': 'Low', Importance: 'Low' },
};

/** Headers of a mail's own, and those that nodemailer makes of other fields. */
export function headersOf(data: MailData): Record<string, string> {
  const { inReplyTo, references, priority, xMailer } = data;
  return {
    ...(typeof xMailer === 'string' && { 'X-Mailer': xMailer }),
    ...priorities[String(priority ?? '').toLowerCase()],
    ...(inReplyTo ? { 'In-Reply-To': inBrackets(inReplyTo) } : {}),
    ...(references ? { References: inBrackets(references) } : {}),
    ...givenHeaders(data.headers),
  };
}

/** Message ids in angle brackets, as nodemailer writes them. */
function inBrackets(ids: unknown): string {
  const all = (Array.isArray(ids) ? ids : [ids]).flatMap(one => String(one).trim().split(/\s+/));
  return all.map(id => `<${id.replace(/^<|>$/g, '')}>`).join(' ');
}

function givenHeaders(headers: unknown): Record<string, string> {
  const pairs: [string, unknown][] = Array.isArray(headers)
    ? headers.map(({ key, value }) => [String(key), value])
    : Object.entries(headers ?? {});
  const found: Record<string, string> = {};
  for (const [name, value] of pairs) {
    const values = Array.isArray(value) ? value : [value];
    const known = Object.keys(found).some(one => one.toLowerCase() === name.toLowerCase());
    if (values.length > 1 || known)
      throw refused(`headers.${name}`, 'can be there once: providers take each header once.');
    const [only] = values;
    if (only === undefined || only === null) continue;
    found[name] = headerText(only);
  }
  return found;
}

// As nodemailer does: line breaks become spaces.
function headerText(value: unknown): string {
  const text = typeof value === 'object' && value && 'value' in value ? value.value : value;
  return joinedLines(String(text));
}

/** A text in one line: each line break, with the space around it, becomes a space. */
export function joinedLines(text: string): string {
  return text.replace(/\s+/g, space => (space.includes('\n') ? ' ' : space));
}
