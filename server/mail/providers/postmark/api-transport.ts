import { type Message, Models, type ServerClient } from 'postmark';
import {
  attemptKey,
  type Envelope,
  formatMailbox,
  notStarted,
  type Outcome,
  type Transport,
  timeWindow,
} from '../transport.ts';
import { inPlainWords, type PostmarkApiOptions, postmarkClient } from './client.ts';
import { outcomeOf, outcomeOfError } from './outcomes.ts';
import { isLinkTrackingOff, withOwnLinksMarked } from './own-links.ts';

/** Postmark takes 50 MB for a batch. JSON can double a body, by its quotes and line breaks. */
const batchBytes = 24 * 1024 * 1024;

/** Hands over by Postmark's REST API: one message as itself, more as a batch. */
export function createApiTransport(options: PostmarkApiOptions): Transport {
  const client = postmarkClient(options);
  return {
    name: 'postmark-api',
    pageSize: 500,
    async send(envelopes, startWithinMs) {
      const isOver = timeWindow(startWithinMs);
      const composed = envelopes.map(compose);
      const outcomes: Outcome[] = [];
      for (const batch of batches(composed.flatMap(one => ('message' in one ? [one.message] : [])))) {
        outcomes.push(...(await sendBatch(client, batch, isOver)));
      }
      let next = 0;
      return composed.map(one => ('message' in one ? (outcomes[next++] as Outcome) : one.outcome));
    },
    async close() {},
    unsubscribes: true,
    kind: 'Postmark API',
    address: new URL(options.url).host,
    async check() {
      const { Name, DeliveryType } = await inPlainWords(client.getServer());
      const delivers = DeliveryType === 'Sandbox' ? 'a sandbox that delivers nothing' : 'delivery type Live';
      return `Signed in to the Postmark server ${Name}, ${delivers}.`;
    },
  };
}

async function sendBatch(client: ServerClient, batch: Message[], isOver: () => boolean): Promise<Outcome[]> {
  if (isOver()) return batch.map(() => notStarted);
  const [only] = batch;
  try {
    if (batch.length === 1 && only) return [outcomeOf(await client.sendEmail(only))];
    const answers = await client.sendEmailBatch(batch);
    return batch.map((_, i) => outcomeOf(answers[i] ?? {}));
  } catch (error) {
    const outcome = outcomeOfError(error);
    if (outcome.kind !== 'rejected' || batch.length === 1) return batch.map(() => outcome);
    // Refused as a whole, by the fault of one or of its size: nothing was taken, and the innocent are found by halves.
    const half = Math.ceil(batch.length / 2);
    return [
      ...(await sendBatch(client, batch.slice(0, half), isOver)),
      ...(await sendBatch(client, batch.slice(half), isOver)),
    ];
  }
}

/** Cuts a page so that no batch exceeds what Postmark takes. */
function batches(messages: readonly Message[]): Message[][] {
  const result: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    const last = result.at(-1);
    if (last && bytes + size <= batchBytes) last.push(message);
    else result.push([message]);
    bytes = last && bytes + size <= batchBytes ? bytes + size : size;
  }
  return result;
}

function sizeOf({ HtmlBody = '', TextBody = '', Attachments = [] }: Message): number {
  const attached = Attachments.reduce((sum, { Content }) => sum + Content.length, 0);
  return Buffer.byteLength(HtmlBody) + Buffer.byteLength(TextBody) + attached + 10_000;
}

/** What cannot be composed is refused alone; the page's others have nothing to do with it. */
function compose(envelope: Envelope): { message: Message } | { outcome: Outcome } {
  try {
    return { message: apiMessage(withOwnLinksMarked(envelope)) };
  } catch (error) {
    const answer = (error as Error).message;
    return { outcome: { kind: 'rejected', code: 'cannot-compose', answer, inactive: [] } };
  }
}

function apiMessage(envelope: Envelope): Message {
  const { headers, metadata, attachments } = envelope;
  return {
    From: formatMailbox(envelope.from),
    To: formatMailbox(envelope.to),
    ...(envelope.cc.length > 0 && { Cc: envelope.cc.map(formatMailbox).join(', ') }),
    ...(envelope.bcc.length > 0 && { Bcc: envelope.bcc.map(formatMailbox).join(', ') }),
    ...(envelope.replyTo.length > 0 && { ReplyTo: envelope.replyTo.map(formatMailbox).join(', ') }),
    Subject: envelope.subject,
    // Empty when there is none.
    ...(envelope.html !== '' && { HtmlBody: envelope.html }),
    TextBody: envelope.text,
    ...(envelope.tag !== undefined && { Tag: envelope.tag }),
    ...(envelope.isConfidential && { TrackOpens: false }),
    ...(isLinkTrackingOff(envelope) && { TrackLinks: Models.LinkTrackingOptions.None }),
    MessageStream: envelope.stream,
    Metadata: { ...metadata, [attemptKey]: envelope.attemptId },
    Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    Attachments: attachments.map(({ name, contentType, content, contentId }) => ({
      Name: name,
      ContentType: contentType,
      Content: content.toString('base64'),
      ContentID: contentId ? `cid:${contentId}` : null,
    })),
  };
}
