import type { Mail } from '../api.ts';
import type { SendResult } from '../sending/accept.ts';
import type { MailboxInput } from '../shared/address.ts';
import { whatItSays } from './content.ts';
import { headersOf, mailboxesOf } from './headers.ts';
import { checkEnvelope, type MailData, refuseUnsupported } from './refusals.ts';
import { sendError } from './send-error.ts';
import { replyToFor } from './sender.ts';

/** Options of {@link postlaneTransport}. */
export interface PostlaneTransportOptions {
  /** Why mail is sent, for all that does not say it itself: a category of the routing policy. */
  category: string;
  /**
   * What becomes of a `from` that is not the sender of the category. `refuse`, the default: the send fails and says so.
   * `reply-to`: the category's sender is used, and replies go to the given one.
   */
  otherSenders?: 'refuse' | 'reply-to' | undefined;
  /** True refuses links and pictures whose addresses are not whole. Default false: what was sent before still is. */
  checkLinks?: boolean | undefined;
}

/** What `sendMail` resolves with: nodemailer's own shape, and the message in the ledger. */
export interface PostlaneSentInfo {
  /** Names the message in the ledger, `<id@sender's domain>`; the header of that name is the provider's. */
  messageId: string;
  /** Every address of the envelope: what becomes of each is in `mail.messages`. */
  accepted: string[];
  rejected: string[];
  envelope: { from: string; to: string[] };
  /** Such as `250 Accepted as 0198... (sending)`. */
  response: string;
  /** Id of the message. */
  postlaneId: string;
  state: SendResult['state'];
  /** True when the idempotency key was known: this is the first answer again. */
  repeated: boolean;
  [field: string]: unknown;
}

/** A mail as nodemailer hands it to a transport, 6 or later. */
export interface NodemailerMail {
  data: object;
  message: { getEnvelope(): { from: string | false; to: string[] } };
  resolveAll(callback: (error: Error | null, data: object) => void): void;
}

/** A transport of nodemailer: `createTransport(postlaneTransport(mail, { category }))`. */
export interface PostlaneTransport {
  name: string;
  version: string;
  send(mail: NodemailerMail, callback: (error: Error | null, info: PostlaneSentInfo) => void): void;
  /** Whether the ledger can be reached. */
  verify(callback?: ((error: Error | null, success: true) => void) | undefined): Promise<true> | undefined;
  /** Does nothing: the module is closed by who opened it. */
  close(): void;
}

/**
 * Sends what an application hands to nodemailer through the ledger. A mail that cannot be sent as it is meant is refused:
 * an Error with nodemailer's `code` and `command`, and with `postlaneCode` and `field`.
 */
export function postlaneTransport(mail: Mail, options: PostlaneTransportOptions): PostlaneTransport {
  return {
    name: 'Postlane',
    version: '1',
    send(given, callback) {
      sendThrough(mail, options, given).then(
        info => callback(null, info),
        (error: unknown) => (callback as (error: Error) => void)(sendError(error)),
      );
    },
    verify(callback) {
      const verified = mail.ping().then(
        (): true => true,
        (error: unknown) => Promise.reject(sendError(error)),
      );
      if (!callback) return verified;
      verified.then(
        success => callback(null, success),
        (error: Error) => (callback as (error: Error) => void)(error),
      );
      return undefined;
    },
    close() {},
  };
}

async function sendThrough(
  mail: Mail,
  options: PostlaneTransportOptions,
  given: NodemailerMail,
): Promise<PostlaneSentInfo> {
  const { postlane = {} } = given.data as MailData;
  const { trx, wait, category = options.category, ...fields } = postlane;
  refuseUnsupported(given.data as MailData);
  const data = await resolved(given);
  const { sender, replyTo } = replyToFor(mail, category, data, options.otherSenders ?? 'refuse');
  const to = mailboxesOf(data.to);
  const recipients = { to, cc: mailboxesOf(data.cc), bcc: mailboxesOf(data.bcc) };
  checkEnvelope(data, given.message.getEnvelope(), recipients);
  const result = await mail.send(
    {
      ...fields,
      ...whatItSays(data),
      ...recipients,
      ...{ category, replyTo, headers: headersOf(data), checkLinks: options.checkLinks ?? false },
    },
    { trx, wait },
  );
  return infoOf(result, sender, recipients);
}

function resolved(given: NodemailerMail): Promise<MailData> {
  return new Promise((resolve, reject) => {
    given.resolveAll((error, data) => (error ? reject(error) : resolve(data as MailData)));
  });
}

function infoOf(
  { id, state, repeated }: SendResult,
  from: string,
  recipients: Record<string, readonly MailboxInput[]>,
): PostlaneSentInfo {
  const all = Object.values(recipients).flat();
  const to = [...new Set(all.map(one => (typeof one === 'string' ? one : one.email)))];
  return {
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    accepted: to,
    rejected: [],
    envelope: { from, to },
    response: `250 Accepted as ${id} (${state})`,
    postlaneId: id,
    state,
    repeated,
  };
}
