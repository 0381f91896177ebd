import { columns, type Known, type Selected, snakeCase } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AccountsRow } from '../../../db/rows.ts';
import type { Role } from '../../admin/person.ts';

// Encrypted: totpSecret, null when the password alone is enough, and totpNew, which waits for its first code.
// totpStep is the last time step whose code was used.
const account = columns<Known<AccountsRow, { role: Role; totp_step: number | null }>>()('postlane_accounts', [
  'id',
  'email',
  'name',
  'role',
  'password',
  'totpSecret',
  'totpNew',
  'totpStep',
  'createdAt',
  'seenAt',
  'disabledAt',
]);

/** One account. Without a password (its hash) it was invited and has not signed in yet. */
export type Account = Selected<typeof account>;

/** Adds an account that has no password yet. A duplicate address is the database's error 1062. */
export async function insertAccount(
  trx: Db,
  { id, email, name, role, createdAt }: Pick<Account, 'id' | 'email' | 'name' | 'role' | 'createdAt'>,
): Promise<void> {
  await trx('postlane_accounts').insert({ id, email, name, role, created_at: createdAt });
}

/** One account, or null. */
export async function findAccount(db: Db, id: string): Promise<Account | null> {
  return (await db('postlane_accounts').select(account.aliases).where({ id }).first()) ?? null;
}

/** One account, locked until the transaction ends, or null. */
export async function lockAccount(trx: Db, id: string): Promise<Account | null> {
  return (await trx('postlane_accounts').select(account.aliases).where({ id }).forUpdate().first()) ?? null;
}

/** The account of an address, or null. Addresses are kept in lower case. */
export async function findAccountByEmail(db: Db, email: string): Promise<Account | null> {
  return (
    (await db('postlane_accounts').select(account.aliases).where({ email: email.toLowerCase() }).first()) ??
    null
  );
}

/** Accounts by address, from the one after `cursor` on. */
export async function listAccounts(db: Db, limit: number, cursor?: string): Promise<Account[]> {
  const query = db('postlane_accounts').select(account.aliases).orderBy('email').limit(limit);
  if (cursor !== undefined) query.where('email', '>', cursor);
  return query;
}

/** The names of accounts by id, of those that are accounts. */
export async function accountNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = ids.length > 0 ? await db('postlane_accounts').select('id', 'name').whereIn('id', ids) : [];
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Those who can sign in, by name. */
export async function activeAccounts(db: Db): Promise<Pick<Account, 'id' | 'name' | 'email' | 'role'>[]> {
  const { id, name, email, role } = account.aliases;
  return db('postlane_accounts')
    .select({ id, name, email, role })
    .whereNotNull('password')
    .where({ disabled_at: null })
    .orderBy('name')
    .limit(1000);
}

/** True once somebody can sign in. */
export async function hasAccounts(db: Db): Promise<boolean> {
  return (await db('postlane_accounts').select('id').whereNotNull('password').first()) !== undefined;
}

/**
 * The ids of the admins who can sign in, locked: everyone who takes an admin away waits here for the others, so that two
 * cannot each take the last but one.
 */
export async function lockAdmins(trx: Db): Promise<string[]> {
  return trx('postlane_accounts')
    .where({ role: 'admin', disabled_at: null })
    .whereNotNull('password')
    .orderBy('id')
    .forUpdate()
    .pluck('id');
}

/** Changes what is given. */
export async function updateAccount(
  trx: Db,
  id: string,
  change: Partial<Omit<Account, 'id' | 'createdAt'>>,
): Promise<void> {
  const entries = Object.entries(change).map(([name, value]): [string, unknown] => [snakeCase(name), value]);
  await trx('postlane_accounts').where({ id }).update(Object.fromEntries(entries));
}

/** Uses up a time step; false when it, or a later one, has been used: a code counts once. */
export async function useTotpStep(db: Db, id: string, step: number): Promise<boolean> {
  const taken = await db('postlane_accounts')
    .where({ id })
    .where(query => query.whereNull('totp_step').orWhere('totp_step', '<', step))
    .update({ totp_step: step });
  return taken === 1;
}
