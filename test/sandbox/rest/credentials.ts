import type { IncomingHttpHeaders } from 'node:http';

/** The token every Postmark account may use to try the send endpoints. */
export const TEST_TOKEN = 'POSTMARK_API_TEST';

export type TokenCheck = { kind: 'server' } | { kind: 'test' } | { kind: 'refused'; message: string };

/** Judges the token headers of a server endpoint. Tokens are compared without case. */
export function checkToken(headers: IncomingHttpHeaders, token: string): TokenCheck {
  const given = headers['x-postmark-server-token'];
  if (given !== undefined && headers['x-postmark-account-token'] !== undefined) {
    return {
      kind: 'refused',
      message: 'Please do not include Account API Token for Server API Token calls.',
    };
  }
  if (typeof given === 'string' && given.toLowerCase() === token.toLowerCase()) return { kind: 'server' };
  if (given === TEST_TOKEN) return { kind: 'test' };
  return { kind: 'refused', message: 'Request does not contain a valid Server token.' };
}
