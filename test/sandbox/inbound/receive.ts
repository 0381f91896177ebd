import { namedBounceType } from '../delivery/bounce-types.ts';
import { domainOf } from '../messages/addresses.ts';
import type { Provider } from '../state/provider.ts';
import type { InboundMessage } from '../store/inbound.ts';
import { inbound } from '../webhooks/inbound-payload.ts';
import { splitCredentials, type Target, type Try } from '../webhooks/target.ts';
import { composeInbound, type InboundMail } from './compose.ts';
import { readInbound } from './read.ts';

/** A mail to the server: its parts, or a whole MIME message and the envelope's recipient. */
export type Incoming = InboundMail | { raw: string | Buffer; recipient?: string };

/**
 * Takes a mail in: blocked by a rule or as spam, or posted to the inbound hook. Answers Postmark's MessageID. Throws
 * when its files are larger than Postmark takes.
 */
export async function receive(provider: Provider, incoming: Incoming): Promise<string> {
  const address = provider.server.InboundAddress;
  const now = provider.clock.now();
  const [raw, recipient] =
    'raw' in incoming
      ? [Buffer.from(incoming.raw), incoming.recipient ?? address]
      : [await composeInbound({ to: address, ...incoming }, now), firstAddress(incoming.to) ?? address];
  const message = await readInbound(raw, recipient, now);
  expectToFit(message.attachments);
  provider.inbound.add(message);
  message.blockedReason = blockedReason(provider, message);
  if (message.blockedReason === '') postInbound(provider, message);
  else message.status = 'Blocked';
  return message.id;
}

const MOST_ATTACHED = 35 * 1024 * 1024;

/** Throws when the files of a mail, as decoded, are more than Postmark takes. */
export function expectToFit(attachments: readonly { ContentLength: number }[]): void {
  const size = attachments.reduce((sum, { ContentLength }) => sum + ContentLength, 0);
  if (size > MOST_ATTACHED) throw new RangeError('Inbound mail may carry no more than 35 MB of files.');
}

/** Posts an inbound mail to the server's hook. Without one it counts as processed. */
export function postInbound(provider: Provider, message: InboundMessage): void {
  const { InboundHookUrl, RawEmailEnabled } = provider.server;
  if (InboundHookUrl === '') {
    message.status = 'Processed';
    return;
  }
  message.status = 'Queued';
  provider.webhooks.send(inboundTarget(provider, message), 'Inbound', inbound(message, RawEmailEnabled));
}

function inboundTarget(provider: Provider, message: InboundMessage): Target {
  return {
    get url() {
      const { InboundHookUrl } = provider.server;
      return InboundHookUrl === '' ? null : splitCredentials(InboundHookUrl).url;
    },
    get headers() {
      const { InboundHookUrl } = provider.server;
      return InboundHookUrl === '' ? {} : splitCredentials(InboundHookUrl).headers;
    },
    onTry: outcome => settle(provider, message, outcome),
  };
}

function settle(provider: Provider, message: InboundMessage, { result, status }: Try): void {
  message.status = result === 'taken' ? 'Processed' : result === 'retry' ? 'Scheduled' : 'Failed';
  if (result !== 'failed') return;
  provider.bounces.add({
    type: namedBounceType('InboundError'),
    messageId: message.id,
    stream: 'inbound',
    email: message.originalRecipient,
    from: message.from.Email,
    subject: message.subject,
    tag: message.tag,
    details: status === 0 ? 'The inbound hook could not be reached.' : `The inbound hook answered ${status}.`,
    content: '',
    bouncedAt: provider.clock.now(),
    inactive: false,
    canActivate: false,
  });
}

/** Empty when nothing speaks against the mail. A threshold of 0 blocks nothing. */
function blockedReason(provider: Provider, { from, headers }: InboundMessage): string {
  const email = from.Email.toLowerCase();
  const hit = provider.inbound
    .rules()
    .find(({ rule }) => [email, domainOf(email)].includes(rule.toLowerCase()));
  if (hit) return `Blocked by the inbound rule '${hit.rule}'.`;
  const score = Number(headers.find(({ Name }) => Name.toLowerCase() === 'x-spam-score')?.Value ?? 0);
  const { InboundSpamThreshold } = provider.server;
  return InboundSpamThreshold > 0 && score > InboundSpamThreshold
    ? `The spam score ${score} is above the threshold ${InboundSpamThreshold}.`
    : '';
}

function firstAddress(list: string | undefined): string | undefined {
  return list === undefined ? undefined : (/<([^>]+)>/.exec(list)?.[1] ?? list.split(',')[0]?.trim());
}
