import { timingSafeEqual } from 'node:crypto';
import type { Account } from '../account.ts';
import type { Provider } from '../provider.ts';

/** What a client may log in with. */
export interface Login {
  /** The server whose mail this is. */
  server: Provider;
  user: string;
  password: string;
  /** The one stream an SMTP token sends on; null for the server token, whose messages name their stream. */
  stream: string | null;
}

/**
 * The login behind a user name: a server token, which is its own password, or the access key of an SMTP token.
 * Nobody gets in while SMTP is switched off for the server.
 */
export function findLogin(account: Account, user: string): Login | null {
  const login = serverLogin(account, user) ?? tokenLogin(account, user);
  return login?.server.server.SmtpApiActivated ? login : null;
}

function serverLogin(account: Account, user: string): Login | null {
  const server = account.serverByToken(user);
  if (!server) return null;
  const { token } = server.settings;
  return { server, user: token, password: token, stream: null };
}

function tokenLogin({ servers }: Account, accessKey: string): Login | null {
  for (const server of servers) {
    const token = server.smtpTokens.get(accessKey);
    if (token) return { server, user: accessKey, password: token.secretKey, stream: token.stream };
  }
  return null;
}

/** Server tokens are compared without case, secret keys as they are. */
export function provesPassword({ password, stream }: Login, given: string): boolean {
  return stream === null ? sameText(given.toLowerCase(), password.toLowerCase()) : sameText(given, password);
}

/** Compares without telling by its time where the first difference is. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
