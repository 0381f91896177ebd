import type { Provider } from '../state/provider.ts';
import { domainOf, type Mailbox } from './addresses.ts';

/** A broken rule of sending, with Postmark's error code. */
export interface RuleFault {
  code: number;
  message: string;
}

const MB = 1024 * 1024;
/** Of HtmlBody and of TextBody, in bytes. */
export const LARGEST_BODY = 5 * MB;
const FORBIDDEN_EXTENSIONS = new Set(
  (
    'vbs exe bin bat chm com cpl crt hlp hta inf ins isp jse lnk mdb pcd pif reg scr sct shs vbe vba wsf wsh wsl ' +
    'msc msi msp mst'
  ).split(' '),
);

/** An invalid request, code 300. */
export const invalid = (message: string): RuleFault => ({ code: 300, message });

/** A message with neither kind of body. */
export const NO_BODY: RuleFault = invalid('Provide either email TextBody or HtmlBody or both.');

export function streamFault(provider: Provider, id: string): RuleFault | null {
  const stream = provider.streams.get(id);
  // What a send over an archived stream is answered is not documented.
  if (!stream || stream.archivedAt !== null)
    return { code: 1235, message: `The stream provided: '${id}' does not exist on this server.` };
  return stream.type === 'Inbound'
    ? {
        code: 1236,
        message: `The stream provided: '${id}' is an inbound stream and cannot be used for sending.`,
      }
    : null;
}

export function signatureFault(provider: Provider, { Email }: Mailbox): RuleFault | null {
  if (provider.account.maySendFrom(Email)) return null;
  const message = `The 'From' address you supplied (${Email}) is not a Sender Signature on your account. Please add and confirm this address in order to be able to use it in the 'From' field of your messages.`;
  return { code: 400, message };
}

type People = { from: Mailbox; to: readonly Mailbox[]; cc: readonly Mailbox[]; bcc: readonly Mailbox[] };

/** What the state of the account forbids. A pending one may write to the domain of the sender only. */
export function accountFault({ account }: Provider, { from, to, cc, bcc }: People): RuleFault | null {
  switch (account.state) {
    case 'approved':
      return null;
    case 'pending': {
      const own = domainOf(from.Email);
      const foreign = [...to, ...cc, ...bcc].find(({ Email }) => domainOf(Email) !== own);
      const message = `While your account is pending approval, all recipients must share the domain of the 'From' address; '${foreign?.Email}' does not.`;
      return foreign ? { code: 412, message } : null;
    }
    case 'out-of-credits':
      return { code: 405, message: 'You are not allowed to send: your account has run out of credits.' };
    case 'blocked':
      return { code: 413, message: 'Your account may not send.' };
  }
}

export function recipientCountFault(count: number, where = 'To, Cc and Bcc together'): RuleFault | null {
  return count > 50 ? invalid(`A message may have no more than 50 recipients in ${where}.`) : null;
}

export function lengthFault({ subject, tag }: { subject: string; tag: string }): RuleFault | null {
  if (subject.length > 2000) return invalid("Invalid 'Subject' value. It is limited to 2000 characters.");
  return tag.length > 1000 ? invalid("Invalid 'Tag' value. It is limited to 1000 characters.") : null;
}

export function metadataFault(metadata: Record<string, string>): RuleFault | null {
  const keys = Object.keys(metadata);
  const limits =
    'Field names are limited to 20 characters, field values to 80 characters, and there may be 10 fields.';
  const within =
    keys.length <= 10 &&
    keys.every(key => key.length > 0 && key.length <= 20) &&
    Object.values(metadata).every(value => value.length <= 80) &&
    new Set(keys.map(key => key.toLowerCase())).size === keys.length;
  return within ? null : invalid(`Invalid metadata content. ${limits}`);
}

export function attachmentFault(names: readonly string[]): RuleFault | null {
  const forbidden = names.find(name => FORBIDDEN_EXTENSIONS.has(extensionOf(name)));
  return forbidden === undefined
    ? null
    : { code: 411, message: `The attachment '${forbidden}' is of a type that is not allowed.` };
}

/** Windows drops dots and spaces at the end, so what stands before them counts. */
function extensionOf(name: string): string {
  return /\.([^.]*)$/.exec(name.replace(/[. ]+$/, ''))?.[1]?.toLowerCase() ?? '';
}

export function bodySizeFault(field: string, body: string): RuleFault | null {
  return Buffer.byteLength(body) > LARGEST_BODY ? bodyTooLarge(field) : null;
}

export function bodyTooLarge(field: string): RuleFault {
  return invalid(`Invalid '${field}' value. It is limited to 5 MB.`);
}

/** `bytes` with attachments in base64. A single send of this size is refused by its length (413) before. */
export function messageSizeFault(bytes: number): RuleFault | null {
  return bytes > 10 * MB ? invalid('A message may have no more than 10 MB with its attachments.') : null;
}
