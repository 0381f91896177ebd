import type { IncomingHttpHeaders } from 'node:http';
import type { Account, Provider } from '../state/provider.ts';

/** The token every Postmark account may use to try the send endpoints. */
export const TEST_TOKEN = 'POSTMARK_API_TEST';

/** Which kind of token an endpoint takes. */
export type TokenKind = 'server' | 'account';

export type TokenCheck =
  | { kind: 'server'; provider: Provider }
  | { kind: 'account' }
  | { kind: 'test' }
  | { kind: 'refused'; message: string };

const HEADERS = { server: 'x-postmark-server-token', account: 'x-postmark-account-token' } as const;
const NAMES = { server: 'Server', account: 'Account' } as const;

/** Judges the token headers of a call. Tokens are compared without case. The account's texts are formed after the server's. */
export function checkToken(headers: IncomingHttpHeaders, wanted: TokenKind, account: Account): TokenCheck {
  const other = wanted === 'server' ? 'account' : 'server';
  const given = headers[HEADERS[wanted]];
  if (given !== undefined && headers[HEADERS[other]] !== undefined) {
    const message = `Please do not include ${NAMES[other]} API Token for ${NAMES[wanted]} API Token calls.`;
    return { kind: 'refused', message };
  }
  if (wanted === 'server' && sameToken(given, TEST_TOKEN)) return { kind: 'test' };
  if (typeof given === 'string') {
    if (wanted === 'account' && sameToken(given, account.settings.accountToken)) return { kind: 'account' };
    const provider = wanted === 'server' ? account.serverByToken(given) : undefined;
    if (provider) return { kind: 'server', provider };
  }
  return { kind: 'refused', message: noValidToken(wanted) };
}

function sameToken(given: string | string[] | undefined, token: string): boolean {
  return typeof given === 'string' && given.toLowerCase() === token.toLowerCase();
}

export function noValidToken(wanted: TokenKind): string {
  return `Request does not contain a valid ${NAMES[wanted]} token.`;
}
