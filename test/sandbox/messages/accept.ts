import { randomUUID } from 'node:crypto';
import { countTrackedLinks } from '../content/tracked-links.ts';
import { deliver } from '../delivery/deliver.ts';
import type { Provider } from '../state/provider.ts';
import type { Source } from '../store/content-window.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { detached, pooled } from '../store/texts.ts';
import { type Mailbox, writeMailbox } from './addresses.ts';

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

/** Records a message and sends it on its way. */
export function accept(provider: Provider, submission: Submission): CapturedMessage {
  const message = record(provider, submission, false);
  const { askedBounce } = submission;
  provider.departures.later(provider.settings.deliveryMs, () => deliver(provider, message, askedBounce));
  return message;
}

/** Records a message that nobody will get. */
export function acceptRefused(provider: Provider, submission: Submission): CapturedMessage {
  return record(provider, submission, true);
}

/** Keeps copies of texts, as those of a submission are cut out of what came over the wire. */
function record(provider: Provider, submission: Submission, refused: boolean): CapturedMessage {
  const { via, stream, subject, tag, metadata, attachments } = submission;
  const people = { to: kept(submission.to), cc: kept(submission.cc), bcc: kept(submission.bcc) };
  const message: CapturedMessage = {
    id: detached(randomUUID()),
    stream: pooled(stream),
    via,
    from: pooled(writeMailbox(submission.from)),
    ...people,
    recipients: activeRecipients(people, submission.inactive),
    refused,
    subject: detached(subject),
    tag: pooled(tag),
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [pooled(key), detached(value)]),
    ),
    receivedAt: provider.clock.now(),
    status: refused ? 'Sent' : 'Queued',
    trackOpens: submission.trackOpens || provider.server.TrackOpens,
    trackLinks: submission.trackLinks,
    attachments: attachments.length === 0 ? NONE : attachments.map(detached),
    events: NONE,
  };
  const trackedLinks = countTrackedLinks(submission.source, submission.trackLinks);
  if (trackedLinks > 0) message.trackedLinks = trackedLinks;
  provider.messages.add(message, submission.source);
  return message;
}

/** Shared by all messages that have none. */
const NONE: readonly never[] = [];

function kept(mailboxes: readonly Mailbox[]): readonly Mailbox[] {
  if (mailboxes.length === 0) return NONE;
  return mailboxes.map(({ Email, Name }) => ({ Email: detached(Email), Name: detached(Name) }));
}

type People = Pick<CapturedMessage, 'to' | 'cc' | 'bcc'>;

function activeRecipients({ to, cc, bcc }: People, inactive: readonly string[]): string[] {
  const all = [...to, ...cc, ...bcc].map(({ Email }) => Email);
  return inactive.length === 0 ? all : all.filter(email => !inactive.includes(email.toLowerCase()));
}
