import type { Response } from 'express';

/** What a person may do, from looking on to everything; each role includes those before it. */
export const roles = ['viewer', 'editor', 'publisher', 'admin'] as const;

/** One of {@link roles}. */
export type Role = (typeof roles)[number];

/** A user of the pages. The id is what the audit log records. */
export interface Person {
  id: string;
  name: string;
  role: Role;
  /** Their own address: test mails go there. Of accounts of ours it is in the directory. */
  email?: string | undefined;
}

/** True when the person's role is `role` or a higher one. */
export function mayAs(person: Pick<Person, 'role'>, role: Role): boolean {
  return roles.indexOf(person.role) >= roles.indexOf(role);
}

/** True for the name of a role. */
export function isRole(name: unknown): name is Role {
  return roles.some(role => role === name);
}

/** Who sent the request. On routes that require signing in there is always somebody. */
export function personOf(response: Response): Person {
  const person = response.locals.person as Person | undefined;
  if (!person) throw new Error('Nobody is signed in: this route is not behind the one that requires it.');
  return person;
}
