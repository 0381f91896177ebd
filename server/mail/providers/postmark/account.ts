import { AccountClient, Errors, type Models, ServerClient } from 'postmark';
import type { AccountReading, AccountStream, OpenAccount, ProviderAccount } from '../account.ts';
import { connectionFault } from '../connection-fault.ts';
import type { UnsubscribeMode } from '../unsubscribe-mode.ts';
import { inPlainWords, type PostmarkApiOptions } from './client.ts';
import { markingFetch } from './outcomes.ts';

/** The token with which everybody may try the calls for sending; nothing is delivered. */
const testToken = 'POSTMARK_API_TEST';
/** A diagnosis does not wait longer. */
const patienceS = 8;

/** What a server token opens at Postmark, and what an account token shows beside. */
export function createPostmarkAccount({ token, url }: PostmarkApiOptions): ProviderAccount {
  return {
    async read() {
      try {
        return { kind: 'open', account: await openAccount(token, url) };
      } catch (error) {
        return isTokenRefused(error) ? refusal(token, url) : unreachable(error);
      }
    },

    async senders(addresses, accountToken) {
      const client = new AccountClient(accountToken, clientOptions(url));
      const [{ Domains }, { SenderSignatures }] = await inPlainWords(
        Promise.all([
          client.getDomains({ count: 500, offset: 0 }),
          client.getSenderSignatures({ count: 500, offset: 0 }),
        ]),
      );
      return addresses.map(address => senderOf(address, Domains, SenderSignatures));
    },
  };
}

async function openAccount(token: string, url: string): Promise<OpenAccount> {
  let at: Date | null = null;
  const client = new ServerClient(token, {
    ...clientOptions(url),
    fetch: async (input, init) => {
      const answer = await markingFetch(input, init);
      at = dateOf(answer);
      return answer;
    },
  });
  const [{ Name, DeliveryType, SmtpApiActivated }, { MessageStreams }] = await Promise.all([
    client.getServer(),
    client.getMessageStreams({ includeArchivedStreams: true }),
  ]);
  return {
    name: Name,
    delivers: DeliveryType !== 'Sandbox',
    smtp: SmtpApiActivated,
    streams: MessageStreams.map(streamOf),
    unsubscribeSettings,
    at,
  };
}

function clientOptions(url: string) {
  const { protocol, host } = new URL(url);
  return { useHttps: protocol === 'https:', requestHost: host, timeout: patienceS, fetch: markingFetch };
}

function dateOf({ headers }: Response): Date | null {
  const at = new Date(headers.get('date') ?? '');
  return Number.isNaN(at.getTime()) ? null : at;
}

const lanes: Readonly<Record<string, AccountStream['lane']>> = {
  Transactional: 'transactional',
  Broadcasts: 'bulk',
};

function streamOf(stream: Models.MessageStream): AccountStream {
  const { ID, MessageStreamType, ArchivedAt } = stream;
  const setting = stream.SubscriptionManagementConfiguration?.UnsubscribeHandlingType;
  return {
    name: ID,
    lane: lanes[MessageStreamType] ?? null,
    archived: Boolean(ArchivedAt),
    ...(setting && { unsubscribes: { setting, mode: handlers[setting.toLowerCase()] ?? null } }),
  };
}

/** It prints them in either case. */
const handlers: Readonly<Record<string, UnsubscribeMode>> = { postmark: 'provider', custom: 'own' };

const unsubscribeSettings: Record<UnsubscribeMode, string> = {
  own: 'Ask Postmark’s support to approve it, then set the unsubscribe handling of the stream to Custom, in its settings at Postmark.',
  provider: 'Set the unsubscribe handling of the stream to Postmark, in its settings there.',
};

function isTokenRefused(error: unknown): boolean {
  return error instanceof Errors.PostmarkError && (error.statusCode === 401 || error.code === 10);
}

async function refusal(token: string, url: string): Promise<AccountReading> {
  if (token === testToken)
    return {
      kind: 'refused',
      answer: `${testToken} is Postmark’s token for trying things: no mail is delivered with it.`,
      remedy: takeServerToken,
    };
  return (await isAccountToken(token, url))
    ? {
        kind: 'refused',
        answer: 'This is an account token, which sends no mail.',
        remedy: takeServerToken,
      }
    : {
        kind: 'refused',
        answer: 'Postmark does not accept the server token.',
        remedy: takeServerToken,
      };
}

const takeServerToken =
  'Copy the Server API token from the API Tokens page of the server at Postmark into POSTMARK_SERVER_TOKEN.';

async function isAccountToken(token: string, url: string): Promise<boolean> {
  try {
    await new AccountClient(token, clientOptions(url)).getServers({ count: 1, offset: 0 });
    return true;
  } catch {
    return false;
  }
}

async function unreachable(error: unknown): Promise<AccountReading> {
  const answer = await inPlainWords(Promise.reject(error)).catch(connectionFault);
  return {
    kind: 'unreachable',
    answer: String(answer),
    remedy:
      'Let this machine reach the API by https: firewall, proxy and DNS. POSTMARK_API_URL is for a local Postmark alone.',
  };
}

function senderOf(
  address: string,
  domains: readonly Models.Domain[],
  signatures: readonly Models.Signature[],
) {
  const at = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const domain = domains.find(({ Name }) => Name.toLowerCase() === at);
  const signature = signatures.find(one => one.EmailAddress.toLowerCase() === address.toLowerCase());
  if (domain?.DKIMVerified)
    return { address, verified: true, answer: `The domain ${domain.Name} is verified by DKIM.` };
  if (signature?.Confirmed) return { address, verified: true, answer: 'It is a confirmed sender signature.' };
  if (signature) return { address, verified: false, answer: 'Its sender signature was never confirmed.' };
  return {
    address,
    verified: false,
    answer: domain
      ? `The DKIM record of ${domain.Name} is not verified.`
      : `Postmark has neither a signature for it nor the domain ${at}.`,
  };
}
