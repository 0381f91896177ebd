import { findAccount } from '../../accounts/store/accounts.ts';
import type { Mail } from '../../mail/index.ts';
import type { Person } from '../person.ts';

/** Where a person gets test mails: the address of the account; empty for a person of the host. */
export async function ownAddress(mail: Mail, { id }: Person): Promise<string> {
  return (await findAccount(mail.db, id))?.email ?? '';
}
