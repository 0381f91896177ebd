import type { Knex } from 'knex';

/** A host's knex on mysql2, version 2.5 or later, as far as it is used here. */
export interface HostKnex {
  readonly client: unknown;
  raw(...statement: never[]): unknown;
}

/** A transaction of such a knex. */
export interface HostTransaction extends HostKnex {
  readonly executionPromise: Promise<unknown>;
  isCompleted(): boolean;
}

/** The same by the types of our own knex: hosts may have another version, whose types are not ours. */
export function asKnex(host: HostKnex): Knex {
  return host as Knex;
}
