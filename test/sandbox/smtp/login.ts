import type { SMTPServerAuthentication } from 'smtp-server';
import type { Provider } from '../provider.ts';
import { replyError } from './strike.ts';

/** The server token is user and password; nobody gets in while SMTP is switched off for the server. */
export function logIn(
  { settings, server }: Provider,
  auth: SMTPServerAuthentication,
  done: (error: Error | null, response?: { user: string }) => void,
): void {
  const isToken = (text: string | null | undefined): boolean =>
    text?.toLowerCase() === settings.token.toLowerCase();
  const proven = auth.method === 'CRAM-MD5' ? auth.validatePassword(settings.token) : isToken(auth.password);
  if (isToken(auth.username) && proven && server.SmtpApiActivated) done(null, { user: 'server' });
  else done(replyError(535));
}
