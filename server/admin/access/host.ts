import type { Request } from 'express';
import { isRole, type Person } from '../person.ts';
import type { Access } from './access.ts';

/** What a host's `authenticate` may answer: a person, `true` for an admin without a name, or not allowed. */
export type Authenticated = Person | boolean | null | undefined;

/** The host's answer to who is asking. */
export type Authenticate = (request: Request) => Authenticated | Promise<Authenticated>;

/** Access as the host decides it, for each request. */
export function hostAccess(authenticate: Authenticate): Access {
  return {
    async identify(request) {
      const person = personFrom(await authenticate(request));
      return { person, accounts: false, binding: person?.id ?? '' };
    },
  };
}

// The name of a role decides what somebody may do: one we do not know is an error of the host's code, never guessed.
function personFrom(answer: Authenticated): Person | null {
  if (answer === true) return { id: 'host', name: 'host', role: 'admin' };
  if (!answer) return null;
  const { id, name, role } = answer;
  if (typeof id !== 'string' || id === '' || id.length > 200 || typeof name !== 'string' || !isRole(role)) {
    throw new TypeError('authenticate must return { id, name, role }, true, or false.');
  }
  return { id, name, role };
}
