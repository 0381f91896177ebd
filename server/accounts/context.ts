import type { Db, Trx } from '../../db/connect.ts';
import type { Role } from '../admin/person.ts';
import type { Mail } from '../mail/index.ts';
import { type PasswordCost, passwordCost } from './passwords/hash.ts';
import { createEncrypter, type Encrypter } from './secrets.ts';

/** What every flow about accounts works with. */
export interface AccountsContext {
  mail: Mail;
  db: Db;
  now: () => Date;
  cost: PasswordCost;
  encrypter: Encrypter;
  /** Where browsers reach the pages; no slash at the end. */
  publicUrl: string;
  /** The roles that take a second step at sign-in. */
  secondStep: readonly Role[];
  /** How many requests of one address the sign-in pages of this process take in a minute. */
  requestsPerMinute: number;
  /** Asked first in the transaction of a change, which it undoes by throwing. */
  guard?: (trx: Trx) => Promise<void>;
}

/** What a process, or a test, knows about accounts. */
export interface AccountSettings {
  secretKeys: readonly string[];
  publicUrl: string;
  now?: () => Date;
  cost?: PasswordCost;
  secondStep?: readonly Role[] | undefined;
  requestsPerMinute?: number;
}

/** Wires the flows about accounts, which are kept in `db`. */
export function accountsContext(mail: Mail, db: Db, settings: AccountSettings): AccountsContext {
  const { now = () => new Date(), cost = passwordCost, requestsPerMinute = 60, publicUrl } = settings;
  const { secondStep = [] } = settings;
  const encrypter = createEncrypter(settings.secretKeys);
  return { mail, db, now, cost, encrypter, publicUrl, secondStep, requestsPerMinute };
}
