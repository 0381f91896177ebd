import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { connect } from '../../db/connect.ts';
import type { Config } from '../config/index.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { statusOfAccount } from './account-status.ts';
import { resetTwoFactor } from './accounts.ts';
import { type AccountsContext, accountsContext } from './context.ts';
import { AccountError, unknownAccount } from './error.ts';
import { invite } from './invitations.ts';
import { acceptLink, type Link, renewLink } from './links.ts';
import { handleRoleRequests } from './role-requests.ts';
import { findAccountByEmail, listAccounts } from './store/accounts-store.ts';
import { openInvitations } from './store/one-time-tokens-store.ts';

/** What `postlane user add` was told. */
export interface NewAccount {
  email?: string | undefined;
  role?: string | undefined;
  name?: string | undefined;
  /** Print a link in place of asking for a password. */
  invite?: boolean | undefined;
}

/** Opens the accounts for as long as `work` takes. */
export async function withAccounts(
  config: Config,
  work: (context: AccountsContext) => Promise<void>,
): Promise<void> {
  const db = connect(config.database, { poolSize: 2 });
  let mail: Mail | undefined;
  try {
    mail = await createMail(config, { role: 'command', db });
    const context = accountsContext(mail, db, config);
    handleRoleRequests(context);
    await work(context);
  } finally {
    await mail?.close();
    await db.destroy();
  }
}

/** Adds an account: asks for its password, or resolves with a link to choose one. Throws an AccountError. */
export async function addAccount(context: AccountsContext, given: NewAccount): Promise<string> {
  const { email = '', role, name = email.split('@')[0], invite: byLink = false } = given;
  const { account, link } = await invite(context, { email, role, name }, 'cli');
  if (byLink || process.stdin.isTTY !== true)
    return `Invited ${account.email} as ${account.role}. ${linkText(link)}`;
  await askForPassword(context, link);
  return `${account.email} can sign in as ${account.role}.`;
}

async function askForPassword(context: AccountsContext, link: Link): Promise<void> {
  for (;;) {
    const password = await askHidden('Password: ');
    if (password === '')
      throw new AccountError('password-unfit', `No password was chosen. ${linkText(link)}`);
    if (password !== (await askHidden('Repeat the password: '))) {
      process.stderr.write('The passwords differ.\n');
      continue;
    }
    try {
      await acceptLink(context, link.url.slice(link.url.lastIndexOf('/') + 1), password);
      return;
    } catch (error) {
      if (!(error instanceof AccountError) || error.code !== 'password-unfit') throw error;
      process.stderr.write(`${error.message}\n`);
    }
  }
}

/** Asks on the terminal and does not show what is typed. */
async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal: true });
  const stopped = new AbortController();
  lines.once('SIGINT', () => stopped.abort());
  try {
    return await lines.question('', { signal: stopped.signal });
  } catch (error) {
    if (!stopped.signal.aborted) throw error;
    throw Object.assign(new AccountError('password-unfit', 'Stopped: no password was chosen.'), {
      exitCode: 130,
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

/** A link for a new password; two-factor authentication is turned off. Throws an AccountError. */
export async function resetAccount(context: AccountsContext, email: string): Promise<string> {
  const account = await findAccountByEmail(context.db, email);
  if (!account) throw unknownAccount('There is no account with this address.');
  if (account.totpSecret) await resetTwoFactor(context, account.id, 'cli');
  const { link } = await renewLink(context, account.id, 'cli');
  return `${account.email}: ${linkText(link)}`;
}

/** Every account, with how it is with it. */
export async function describeAccounts({
  db,
  now,
}: AccountsContext): Promise<{ email: string; role: string; status: string }[]> {
  const [accounts, invited] = [await listAccounts(db, 1000), await openInvitations(db, now())];
  return accounts.map(account => ({
    email: account.email,
    role: account.role,
    status: statusOfAccount(account, invited.get(account.id)),
  }));
}

function linkText({ url, expiresAt }: Link): string {
  return `Link to choose a password, works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC:\n${url}`;
}
