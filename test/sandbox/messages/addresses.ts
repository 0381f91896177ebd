/** A mailbox in the form Postmark's answers use. */
export interface Mailbox {
  Email: string;
  Name: string;
}

const LOCAL_PART = /^[\x21-\x7e]+$/;
const DOMAIN =
  /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/** Splits an address list at its commas; quotes, comments and angle brackets protect theirs. Nothing is judged here. */
export function readMailboxes(list: string): Mailbox[] {
  return splitList(list).map(readMailbox);
}

/** What is wrong with an address in the words of the send endpoint; null when nothing is. */
export function addressFault(field: string, email: string): string | null {
  const at = email.lastIndexOf('@');
  if (at < 0)
    return `Error parsing '${field}': Illegal email address '${email}'. It must contain the '@' symbol.`;
  const domain = email.slice(at + 1);
  if (!DOMAIN.test(domain)) {
    return `Error parsing '${field}': Illegal email domain '${domain}' in address '${email}'.`;
  }
  const local = email.slice(0, at);
  if (!LOCAL_PART.test(local) || local.includes('@')) return `Invalid '${field}' address: '${email}'.`;
  return null;
}

/** The part behind the last `@`, lower case. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}

/** A mailbox as header text, the way the Messages API shows a sender. */
export function writeMailbox({ Email, Name }: Mailbox): string {
  return Name === '' ? Email : `"${Name.replace(/(["\\])/g, '\\$1')}" <${Email}>`;
}

function splitList(list: string): string[] {
  if (!list.includes(',')) return list.trim() === '' ? [] : [list];
  return (list.match(LIST_ITEM) ?? []).filter(part => part.trim() !== '');
}

/** Runs of anything but a comma, where quoted texts, comments and angle brackets count as one. */
const LIST_ITEM = /(?:"(?:\\.|[^"\\])*"|<[^>]*>|\([^)]*\)|[^,])+/g;

function readMailbox(text: string): Mailbox {
  const trimmed = text.trim();
  const open = trimmed.lastIndexOf('<');
  if (open < 0 || !trimmed.endsWith('>')) return { Email: trimmed, Name: '' };
  return { Email: trimmed.slice(open + 1, -1).trim(), Name: unquote(trimmed.slice(0, open).trim()) };
}

function unquote(name: string): string {
  return name.startsWith('"') && name.endsWith('"') && name.length > 1
    ? name.slice(1, -1).replace(/\\(.)/g, '$1')
    : name;
}
