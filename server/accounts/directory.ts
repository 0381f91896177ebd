import type { Db } from '../../db/connect.ts';
import type { Directory } from '../admin/access/directory.ts';
import { accountNames, findAccount, findAccountByEmail } from './store/accounts.ts';

/** The people who have accounts. */
export function accountDirectory(db: Db): Directory {
  return {
    names: ids => accountNames(db, ids),
    idOf: async email => (await findAccountByEmail(db, email))?.id ?? null,
    emailOf: async id => (await findAccount(db, id))?.email ?? null,
  };
}
