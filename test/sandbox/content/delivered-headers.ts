import { domainOf } from '../messages/addresses.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';

type Header = { Name: string; Value: string };

/**
 * The headers one recipient finds. Control headers and metadata stay behind, and Postmark names itself; the sender's
 * own Message-ID is kept only when it asked for that.
 */
export function deliveredHeaders(
  provider: Provider,
  message: CapturedMessage,
  recipient: string,
  headers: readonly Header[],
): Header[] {
  const has = (wanted: string): boolean => headers.some(({ Name }) => Name.toLowerCase() === wanted);
  const keepsOwn = has('x-pm-keepid') && has('message-id');
  return [
    ...(keepsOwn ? [] : [{ Name: 'Message-ID', Value: `<${message.id}@mtasv.net>` }]),
    ...postmarkHeaders(provider, message, recipient),
    ...headers.filter(({ Name }) => {
      const lower = Name.toLowerCase();
      return lower === 'message-id' ? keepsOwn : !lower.startsWith('x-pm-') && lower !== 'return-path';
    }),
  ];
}

/** The names are documented or were seen; what Postmark writes into the last five depends on the account. */
function postmarkHeaders(provider: Provider, message: CapturedMessage, recipient: string): Header[] {
  const { server, streams } = provider;
  const pool = streams.get(message.stream)?.type === 'Broadcasts' ? 'broadcast' : 'transactional';
  const rcpt = Buffer.from(`m0|${ACCOUNT}|${server.ID}|${recipient}`).toString('base64');
  const all: Header[] = [
    { Name: 'Return-Path', Value: `<pm_bounces@${returnPathDomain(provider, message)}>` },
    { Name: 'X-PM-Message-Id', Value: message.id },
    { Name: 'X-PM-Tag', Value: message.tag },
    { Name: 'X-PM-RCPT', Value: `|${rcpt}|` },
    { Name: 'X-PM-Message-Options', Value: `v1;${message.stream}` },
    { Name: 'X-PM-MTA-Pool', Value: pool },
    { Name: 'X-Job', Value: `${ACCOUNT}_${server.ID}` },
    { Name: 'X-Complaints-To', Value: 'abuse@postmarkapp.com' },
    { Name: 'Feedback-ID', Value: `s${server.ID}-${message.stream}:s${ACCOUNT}:a${ACCOUNT}:postmark` },
  ];
  return all.filter(({ Value }) => Value !== '');
}

/** The number of the one account there is. */
const ACCOUNT = 1;

/** The sender's own once it is verified. */
function returnPathDomain({ account }: Provider, { from }: CapturedMessage): string {
  const domain = account.domains.named(domainOf(from.replace(/>$/, '')));
  return domain?.returnPathVerified ? domain.returnPath : 'pm.mtasv.net';
}
