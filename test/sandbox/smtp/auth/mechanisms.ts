import { createHmac, randomBytes } from 'node:crypto';
import { provesPassword, sameText } from '../logins.ts';
import { digestMd5 } from './digest-md5.ts';
import type { Exchange, FindLogin, Mechanism } from './exchange.ts';

/** RFC 4616: identity to act as, user and password in one go. Some clients fill in only the first of the names. */
function* plain(find: FindLogin, initial: string | null): Exchange {
  const [actAs, user, password] = (initial ?? (yield '')).split('\0');
  if (password === undefined) return null;
  const login = find(user || actAs || '');
  return login && provesPassword(login, password) ? login : null;
}

function* loginMechanism(find: FindLogin, initial: string | null): Exchange {
  const user = initial ?? (yield 'Username:');
  const password = yield 'Password:';
  const login = find(user);
  return login && provesPassword(login, password) ? login : null;
}

/** RFC 2195: the password signs a challenge. */
function* cramMd5(find: FindLogin): Exchange {
  const challenge = `<${randomBytes(12).toString('hex')}.${Date.now()}@localhost>`;
  const answer = yield challenge;
  const space = answer.lastIndexOf(' ');
  const login = find(answer.slice(0, space));
  if (!login) return null;
  const expected = createHmac('md5', login.password).update(challenge).digest('hex');
  return sameText(answer.slice(space + 1).toLowerCase(), expected) ? login : null;
}

/** In the order in which they are offered. */
export const MECHANISMS: ReadonlyMap<string, Mechanism> = new Map<string, Mechanism>([
  ['PLAIN', plain],
  ['LOGIN', loginMechanism],
  ['CRAM-MD5', cramMd5],
  ['DIGEST-MD5', digestMd5],
]);
