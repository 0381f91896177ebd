import type { SMTPServerAuthentication } from 'smtp-server';
import type { Account, Provider } from '../state/provider.ts';

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
export function provesPassword({ password, stream }: Login, auth: SMTPServerAuthentication): boolean {
  if (auth.method === 'CRAM-MD5') return auth.validatePassword(password);
  const given = auth.password ?? '';
  return stream === null ? given.toLowerCase() === password.toLowerCase() : given === password;
}
