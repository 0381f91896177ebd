import type { AuditEntry, Mail } from '../../mail/index.ts';
import { accountNames, findAccountByEmail } from '../access/store/accounts.ts';

/** Names whom entries are by: accounts by their names; of a host's people, of `cli` and `files`, the id is all there is. */
export async function withNames<T extends Pick<AuditEntry, 'by'>>(
  { db }: Mail,
  entries: readonly T[],
): Promise<(T & { name: string })[]> {
  const names = await accountNames(db, [...new Set(entries.map(({ by }) => by))]);
  return entries.map(entry => ({ ...entry, name: names.get(entry.by) ?? entry.by }));
}

/** The id of a person named by id, or by the e-mail address of an account. */
export async function personId({ db }: Mail, named: string): Promise<string> {
  const account = named.includes('@') ? await findAccountByEmail(db, named) : null;
  return account?.id ?? named;
}
