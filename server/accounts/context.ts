import type { Db } from '../../db/connect.ts';
import type { Mail } from '../mail/index.ts';
import { type PasswordCost, passwordCost } from './passwords.ts';
import { type Seal, sealWith } from './sealed.ts';

/** What every flow about accounts works with. */
export interface AccountsContext {
  mail: Mail;
  db: Db;
  now: () => Date;
  cost: PasswordCost;
  seal: Seal;
  /** Where browsers reach the pages; no slash at the end. */
  publicUrl: string;
  /** How many requests of one address the doors of this process take in a minute. */
  requestsPerMinute: number;
}

/** What a process, or a test, knows about accounts. */
export interface AccountSettings {
  secretKeys: readonly string[];
  publicUrl: string;
  now?: () => Date;
  cost?: PasswordCost;
  requestsPerMinute?: number;
}

/** Wires the flows about accounts. */
export function accountsContext(mail: Mail, db: Db, settings: AccountSettings): AccountsContext {
  const { now = () => new Date(), cost = passwordCost, requestsPerMinute = 60, publicUrl } = settings;
  const seal = sealWith(settings.secretKeys);
  return { mail, db, now, cost, seal, publicUrl, requestsPerMinute };
}
