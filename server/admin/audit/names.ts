import type { AuditEntry, Mail } from '../../mail/index.ts';
import { accountNames, findAccountByEmail } from '../access/store/accounts.ts';

/** How an entry is called: accounts by their names, all else by its id. */
export interface Named {
  name: string;
  subjectName: string;
}

/** Names whom and what entries are about; of a host's people, of `cli` and `files`, the id is all there is. */
export async function withNames<T extends Pick<AuditEntry, 'by' | 'subject'>>(
  { db }: Mail,
  entries: readonly T[],
): Promise<(T & Named)[]> {
  const ids = entries.flatMap(({ by, subject }) => [by, accountIn(subject) ?? by]);
  const names = await accountNames(db, [...new Set(ids)]);
  return entries.map(entry => {
    const name = names.get(accountIn(entry.subject) ?? '');
    return {
      ...entry,
      name: names.get(entry.by) ?? entry.by,
      subjectName: name === undefined ? entry.subject : `account: ${name}`,
    };
  });
}

/** The id of a person named by id, or by the e-mail address of an account. */
export async function personId({ db }: Mail, named: string): Promise<string> {
  const account = named.includes('@') ? await findAccountByEmail(db, named) : null;
  return account?.id ?? named;
}

function accountIn(subject: string): string | undefined {
  return /^account:(.+)$/.exec(subject)?.[1];
}
