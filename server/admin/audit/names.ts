import { accountNames, findAccountByEmail } from '../../accounts/store/accounts.ts';
import type { AuditEntry, Mail } from '../../mail/index.ts';

const others: Readonly<Record<string, string>> = {
  files: 'the template files',
  cli: 'the command line',
  developer: 'the local developer',
};

/** What those without an account are called: `cli` and `files` in words; people of the host by their id. */
export function nobodysName(by: string): string {
  return Object.hasOwn(others, by) ? (others[by] ?? by) : by;
}

/** Adds who made each entry: accounts by their names, others as {@link nobodysName} has it. */
export async function withNames<T extends Pick<AuditEntry, 'by'>>(
  { db }: Mail,
  entries: readonly T[],
): Promise<(T & { name: string })[]> {
  const names = await accountNames(db, [...new Set(entries.map(({ by }) => by))]);
  return entries.map(entry => ({ ...entry, name: names.get(entry.by) ?? nobodysName(entry.by) }));
}

/** The id of a person named by id, or by the e-mail address of an account. */
export async function personId({ db }: Mail, named: string): Promise<string> {
  const account = named.includes('@') ? await findAccountByEmail(db, named) : null;
  return account?.id ?? named;
}
