import { randomUUID } from 'node:crypto';
import { type Mailbox, writeMailbox } from './addresses.ts';
import type { Provider } from './provider.ts';
import type { Source } from './store/contents.ts';
import type { CapturedMessage } from './store/messages.ts';

/** A message that passed its checks, from either door. */
export interface Submission {
  via: 'rest' | 'smtp';
  stream: string;
  from: Mailbox;
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  /** Addresses left out because they are inactive on the stream, lower case. */
  inactive: readonly string[];
  subject: string;
  tag: string;
  metadata: Record<string, string>;
  trackOpens: boolean;
  trackLinks: string;
  attachments: string[];
  /** The X-PM-Bounce-Type header. */
  askedBounce?: string;
  source: Source;
}

/** Takes a message into the books and sends it on its way. */
export function accept(provider: Provider, submission: Submission): CapturedMessage {
  const message = record(provider, submission, false);
  const { askedBounce } = submission;
  provider.departures.push(askedBounce === undefined ? { message } : { message, askedBounce });
  return message;
}

/** Takes a message into the books that nobody will get. */
export function acceptRefused(provider: Provider, submission: Submission): CapturedMessage {
  return record(provider, submission, true);
}

function record(provider: Provider, submission: Submission, refused: boolean): CapturedMessage {
  const { via, stream, to, cc, bcc, subject, tag, metadata, attachments } = submission;
  const message: CapturedMessage = {
    id: randomUUID(),
    stream,
    via,
    from: writeMailbox(submission.from),
    to,
    cc,
    bcc,
    recipients: activeRecipients(submission),
    refused,
    subject,
    tag,
    metadata,
    receivedAt: Date.now(),
    status: refused ? 'Sent' : 'Queued',
    trackOpens: submission.trackOpens || provider.server.TrackOpens,
    trackLinks: submission.trackLinks,
    attachments,
    events: [],
  };
  provider.messages.add(message, submission.source);
  return message;
}

function activeRecipients({ to, cc, bcc, inactive }: Submission): string[] {
  const all = [...to, ...cc, ...bcc].map(({ Email }) => Email);
  return inactive.length === 0 ? all : all.filter(email => !inactive.includes(email.toLowerCase()));
}
