import { createHash, randomBytes } from 'node:crypto';
import { sameText } from '../logins.ts';
import type { Exchange, FindLogin } from './exchange.ts';

const REALM = 'localhost';

/** RFC 2831 with the quality `auth`: both sides prove that they know the password. */
export function* digestMd5(find: FindLogin): Exchange {
  const nonce = randomBytes(16).toString('base64');
  const given = readDirectives(
    yield `realm="${REALM}",nonce="${nonce}",qop="auth",algorithm=md5-sess,charset=utf-8`,
  );
  const login = find(given.get('username') ?? '');
  const fresh = given.get('nonce') === nonce && given.get('nc') === '00000001';
  if (!login || !fresh || (given.get('qop') ?? 'auth') !== 'auth') return null;
  const proof = (who: 'client' | 'server'): string => digest(given, login.password, who);
  if (!sameText(given.get('response') ?? '', proof('client'))) return null;
  yield `rspauth=${proof('server')}`;
  return login;
}

/** The proof of one side. `given` holds the directives of the client's answer. */
export function digest(
  given: ReadonlyMap<string, string>,
  password: string,
  who: 'client' | 'server',
): string {
  const value = (name: string): string => given.get(name) ?? '';
  const secret = md5(`${value('username')}:${value('realm')}:${password}`);
  const session = md5(Buffer.concat([secret, Buffer.from(`:${value('nonce')}:${value('cnonce')}`)]));
  const action = md5(`${who === 'client' ? 'AUTHENTICATE' : ''}:${value('digest-uri')}`);
  const count = `${value('nonce')}:${value('nc')}:${value('cnonce')}:${given.get('qop') ?? 'auth'}`;
  return md5(`${session.toString('hex')}:${count}:${action.toString('hex')}`).toString('hex');
}

/** Reads `name=value, name="value"`. */
export function readDirectives(text: string): Map<string, string> {
  const directives = new Map<string, string>();
  for (const [, name = '', quoted, bare] of text.matchAll(
    /([\w-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,]+))/g,
  )) {
    directives.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return directives;
}

function md5(content: string | Buffer): Buffer {
  return createHash('md5').update(content).digest();
}
