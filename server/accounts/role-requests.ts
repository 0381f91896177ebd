import { createHash } from 'node:crypto';
import type { Db, Trx } from '../../db/connect.ts';
import { retryOnLockConflict } from '../../db/retry.ts';
import type { Role } from '../admin/person.ts';
import type { Approval, ApprovalHandler, Decider } from '../mail/index.ts';
import { changeRole, enableAccount } from './accounts.ts';
import type { AccountsContext } from './context.ts';
import { AccountError, unknownAccount } from './error.ts';
import { accountExists, invite, readInvitee } from './invitations.ts';
import { mailLink } from './links.ts';
import {
  type Account,
  findAccount,
  findAccountByEmail,
  hasAccounts,
  lockAdmins,
} from './store/accounts-store.ts';

/** A change that gives somebody a role, or takes one: each is a way to do what the others do. */
export type RoleChange =
  | { change: 'role'; id: string; role: Role }
  | { change: 'enable'; id: string }
  | { change: 'invite'; email: string; name: string; role: Role };

/** Whether it takes a second person. The first account does not: there is nobody yet. */
export async function needsSecondPerson({ mail, db }: AccountsContext): Promise<boolean> {
  return mail.approvals.actions.includes('users.role') && (await hasAccounts(db));
}

/**
 * Whether links to accounts are mailed to their owners and shown to nobody: an admin who reads one has a colleague's account,
 * and with it a second person.
 */
export async function hidesLinks({ mail, db }: AccountsContext): Promise<boolean> {
  return mail.approvals.actions.length > 0 && (await hasAccounts(db));
}

/** Asks for a change, bound to the account as it is now. Throws an AccountError when it makes no sense. */
export async function askForRole(
  { mail, db }: AccountsContext,
  asked: unknown,
  decider: Decider,
): Promise<Approval> {
  const change = readChange(asked);
  const subject = await subjectOf(db, change);
  // What is outdated makes room.
  await mail.approvals.list({ subject, state: 'requested' });
  return db.transaction(async trx => {
    await lockAdmins(trx);
    const before = await accountOf(trx, change);
    const input = {
      ...{ action: 'users.role' as const, subject, request: { ...change }, preparedBy: [] },
      ...{ seen: seenOf(change, before), fingerprint: fingerprintOf(change, before) },
    };
    return mail.approvals.request(input, { ...decider, trx });
  });
}

/** Lets requests about accounts be carried out by the person who approves them, on the pages or on the command line. */
export function handleRoleRequests(context: AccountsContext): void {
  context.mail.approvals.handle('users.role', roleHandler(context));
}

function roleHandler(context: AccountsContext): ApprovalHandler {
  const { db } = context;
  return {
    async isCurrent({ request, fingerprint }) {
      const change = request as RoleChange;
      try {
        return fingerprintOf(change, await accountOf(db, change)) === fingerprint;
      } catch (error) {
        if (error instanceof AccountError) return false;
        throw error;
      }
    },
    async carryOut({ request, requestedBy, requestedName }, claim) {
      const change = request as RoleChange;
      const guard = async (trx: Trx) => {
        await lockAdmins(trx);
        if (!(await claim(trx, fingerprintOf(change, await accountOf(trx, change))))) throw new Unclaimed();
      };
      try {
        await retryOnLockConflict(() =>
          perform({ ...context, guard }, change, { by: requestedBy, name: requestedName ?? undefined }),
        );
        return null;
      } catch (error) {
        if (error instanceof Unclaimed) return null;
        if (error instanceof AccountError) return error.message;
        throw error;
      }
    },
  };
}

/** The request was decided, or what it is about has changed: the transaction is undone. */
class Unclaimed extends Error {}

async function perform(context: AccountsContext, change: RoleChange, { by, name }: Decider): Promise<void> {
  switch (change.change) {
    case 'role':
      return void (await changeRole(context, change.id, change.role, by));
    case 'enable':
      return void (await enableAccount(context, change.id, by));
    case 'invite': {
      const { account, link } = await invite(context, change, by);
      await mailLink(context, account, link, name ?? null);
    }
  }
}

function readChange(asked: unknown): RoleChange {
  const change = asked as RoleChange;
  return change.change === 'invite' ? { change: 'invite', ...readInvitee(change) } : change;
}

async function subjectOf(db: Db, change: RoleChange): Promise<string> {
  if (change.change !== 'invite') return `account:${change.id}`;
  const known = await findAccountByEmail(db, change.email);
  return known ? `account:${known.id}` : `invitation:${change.email}`;
}

/** The account as it is; null for somebody who has none yet. */
async function accountOf(db: Db, change: RoleChange): Promise<Account | null> {
  if (change.change !== 'invite') {
    const account = await findAccount(db, change.id);
    if (!account) throw unknownAccount();
    return account;
  }
  const known = await findAccountByEmail(db, change.email);
  if (known?.password) throw accountExists(change);
  return known;
}

function fingerprintOf(change: RoleChange, account: Account | null): string {
  const { id, email, name, role, disabledAt, password } = account ?? {};
  const bound = [change, id, email, name, role, disabledAt ?? null, (password ?? null) !== null];
  return createHash('sha256').update(JSON.stringify(bound)).digest('hex');
}

function seenOf(change: RoleChange, account: Account | null): Record<string, unknown> {
  const { name, email } = change.change === 'invite' ? change : (account ?? { name: '', email: '' });
  const from = account?.role ?? null;
  return { change: change.change, name, email, from, to: change.change === 'enable' ? from : change.role };
}
