import { accountNames } from '../../accounts/store/accounts.ts';
import type { Mail } from '../../mail/index.ts';
import { nobodysName } from '../audit/names.ts';

/** Gives those who changed something the names that people know them by. */
export type AuthorName = (by: string) => string;

/** Looks up who is behind these ids. A person of the host's stays the id that the host gave. */
export async function authorNames(mail: Mail, ids: readonly string[]): Promise<AuthorName> {
  const names = await accountNames(mail.db, [...new Set(ids)]);
  return by => names.get(by) ?? nobodysName(by);
}
