import type { Person } from '../person.ts';

/** Names and addresses of those who use the admin app, by the ids that the audit log keeps. */
export interface Directory {
  /** Names by id, of those it knows. */
  names(ids: readonly string[]): Promise<Map<string, string>>;
  /** The id of the person with this e-mail address. */
  idOf(email: string): Promise<string | null>;
  /** Whether somebody who can sign in now has this e-mail address. */
  canSignIn(email: string): Promise<boolean>;
  /** The e-mail address of this person. */
  emailOf(id: string): Promise<string | null>;
  /** Everybody who can sign in; null where the host alone knows. */
  people(): Promise<(Person & { email: string })[] | null>;
}

/** Of a host's people the id is all we know. */
export const emptyDirectory: Directory = {
  names: async () => new Map(),
  idOf: async () => null,
  canSignIn: async () => false,
  emailOf: async () => null,
  people: async () => null,
};
