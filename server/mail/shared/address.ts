import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';
import { MailError } from '../error.ts';
import type { Mailbox } from '../providers/transport.ts';

/** A mailbox as callers may write it: `ada@example.com`, `Ada <ada@example.com>` or an object. */
export type MailboxInput = string | { email: string; name?: string | null | undefined };

// The widest form that providers and every relay on the way accept: ASCII, no quoted local parts, no comments.
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$/i;

/** Reads one mailbox. Throws `invalid-address` naming the field. */
export function readMailbox(input: MailboxInput, field: string): Mailbox {
  const { email, name } = typeof input === 'string' ? parseMailbox(input, field) : input;
  const checked = checkEmail(email, field);
  const cleanName = name?.trim();
  if (cleanName && hasControlCharacter(cleanName)) {
    throw new MailError(
      'invalid-address',
      `The name in ${field} contains a line break or control character.`,
      field,
    );
  }
  if (cleanName && cleanName.length > 200) {
    throw new MailError('invalid-address', `The name in ${field} is longer than 200 characters.`, field);
  }
  return cleanName ? { email: checked, name: cleanName } : { email: checked };
}

/** Reads one mailbox or a list of them. */
export function readMailboxes(
  input: MailboxInput | readonly MailboxInput[] | undefined | null,
  field: string,
): Mailbox[] {
  if (input === undefined || input === null) return [];
  if (typeof input === 'string' || !Array.isArray(input)) return [readMailbox(input as MailboxInput, field)];
  return input.map((one: MailboxInput, i) => readMailbox(one, `${field}[${i}]`));
}

/**
 * The form under which an address is compared, stored and suppressed: lower case, as providers do with whole
 * addresses, and the domain in ASCII, as it is mailed. Takes any text, and leaves what is no address as it is.
 */
export function addressKey(email: string): string {
  const key = email.toLowerCase();
  if (isAscii(key)) return key;
  const at = key.lastIndexOf('@');
  const host = at < 0 ? '' : asciiDomain(key.slice(at + 1));
  return host === '' ? key : `${key.slice(0, at)}@${host}`;
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

/** True for line breaks and other characters that must never reach a header. */
export function hasControlCharacter(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u001f\u007f\u2028\u2029]/.test(text);
}

function parseMailbox(text: string, field: string): { email: string; name?: string } {
  if (hasControlCharacter(text)) {
    throw new MailError('invalid-address', `${field} contains a line break or control character.`, field);
  }
  const parsed = addressparser(text, { flatten: true });
  const [first] = parsed;
  // Of `a@x.example b@x.example` the parser makes an address and a name; only quotes make an @ part of a name.
  const unquoted = text.replace(/"(?:\\.|[^"\\])*("?)/g, (part, closing) => (closing ? '' : part));
  const ats = unquoted.split('@').length - 1;
  if (parsed.length !== 1 || !first || ats > 1) {
    throw new MailError(
      'invalid-address',
      `${field} must be exactly one address; give several as an array.`,
      field,
    );
  }
  return { email: first.address, name: first.name };
}

function checkEmail(email: unknown, field: string): string {
  if (typeof email !== 'string') {
    throw new MailError('invalid-address', `${field} is not an address mail can be sent to.`, field);
  }
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at);
  const host = asciiDomain(email.slice(at + 1));
  if (at < 1 || local.length > 64 || !localPart.test(local) || !domain.test(host)) {
    throw new MailError('invalid-address', `${field} is not an address mail can be sent to.`, field);
  }
  const address = `${local}@${host}`;
  if (address.length > 254)
    throw new MailError('invalid-address', `${field} is longer than 254 characters.`, field);
  return address;
}

// domainToASCII reads a URL's host: it drops line breaks, decodes %61 and ends at a slash. No domain has these.
function asciiDomain(host: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[\u0000-\u0020\u007f%/\\?#@:]/.test(host) ? '' : domainToASCII(host);
}
