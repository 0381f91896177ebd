import { renderFor } from '../content/render.ts';
import { domainOf, readMailboxes } from '../messages/addresses.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import { composeInbound } from './compose.ts';
import { receive } from './receive.ts';

/** What a recipient writes back. */
export interface Reply {
  text: string;
  html?: string;
}

/**
 * The recipient answers a message. The answer goes to its Reply-To or sender, and from there, as by a forwarding, to
 * the server's inbound address, unless it is one already. Answers the MessageID of the inbound mail.
 */
export async function replyTo(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  { text, html }: Reply,
): Promise<string> {
  const to = await answerAddress(provider, message);
  const id = `<${message.id}@mtasv.net>`;
  const raw = await composeInbound(
    {
      from: email,
      to,
      subject: /^re:/i.test(message.subject) ? message.subject : `Re: ${message.subject}`,
      text: `${text}\r\n\r\n${quoted(message)}`,
      ...(html === undefined ? {} : { html }),
      headers: { 'In-Reply-To': id, References: id },
    },
    provider.clock.now(),
  );
  const [mailbox] = readMailboxes(to);
  const isInbound = mailbox !== undefined && isInboundAddress(provider, mailbox.Email);
  return receive(provider, isInbound ? { raw, recipient: mailbox.Email } : { raw });
}

async function answerAddress(provider: Provider, message: CapturedMessage): Promise<string> {
  const content = await renderFor(provider, message);
  const replyTo = content?.headers.find(({ Name }) => Name.toLowerCase() === 'reply-to');
  return replyTo?.Value || message.from;
}

function isInboundAddress({ server }: Provider, email: string): boolean {
  const domain = domainOf(email);
  return domain === domainOf(server.InboundAddress) || domain === server.InboundDomain.toLowerCase();
}

function quoted(message: CapturedMessage): string {
  const day = new Date(message.receivedAt).toUTCString();
  return `On ${day} ${message.from} wrote:\r\n> ${message.subject}\r\n`;
}
