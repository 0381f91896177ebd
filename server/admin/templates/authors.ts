import type { Mail } from '../../mail/index.ts';
import { accountNames } from '../access/store/accounts.ts';

/** Gives those who changed something the names that people know them by. */
export type AuthorName = (by: string) => string;

const others: Readonly<Record<string, string>> = { files: 'the template files', cli: 'the command line' };

/** Looks up who is behind these ids. A person of the host's stays the id that the host gave. */
export async function authorNames(mail: Mail, ids: readonly string[]): Promise<AuthorName> {
  const names = await accountNames(mail.db, [...new Set(ids)]);
  return by => names.get(by) ?? others[by] ?? by;
}
