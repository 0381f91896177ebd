import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { connect } from '../../db/connect.ts';
import type { Config } from '../config.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { statusOfAccount } from './account-status.ts';
import { resetTwoFactor } from './accounts.ts';
import { type AccountsContext, accountsContext } from './context.ts';
import { AccountError, unknownAccount } from './error.ts';
import { invite } from './invitations.ts';
import { acceptLink, type Link, renewLink } from './links.ts';
import { findAccountByEmail, listAccounts } from './store/accounts-store.ts';
import { openInvitations } from './store/one-time-tokens-store.ts';

/** How `postlane user` is used. */
export const userUsage = [
  'postlane user add --email ADDRESS --role ROLE [--name NAME] [--invite]',
  '                          add an account: asks for its password, or prints a link to choose one',
  'postlane user reset --email ADDRESS',
  '                          print a link for a new password and turn two-factor authentication off',
  'postlane user list        list the accounts',
].join('\n');

/** Wrong arguments: EX_USAGE of sysexits.h. */
class UsageError extends Error {
  readonly exitCode = 64;
}

/**
 * Runs `postlane user ...`; `config` is read only once the arguments are understood, `say` gets what it prints. Throws an
 * AccountError for what cannot be done.
 */
export async function runUserCommand(
  config: () => Config,
  args: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  const { action, values } = read(args);
  const settings = config();
  const db = connect(settings.database, { poolSize: 2 });
  let mail: Mail | undefined;
  try {
    mail = await createMail(settings, { db });
    const context = accountsContext(mail, db, settings);
    if (action === 'add') await add(context, values, say);
    else if (action === 'reset') await reset(context, values.email ?? '', say);
    else await list(context, say);
  } finally {
    await mail?.close();
    await db.destroy();
  }
}

/** What was asked for on the command line. */
interface Values {
  email?: string | undefined;
  name?: string | undefined;
  role?: string | undefined;
  invite?: boolean | undefined;
}

function read(args: readonly string[]): { action: string; values: Values } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        email: { type: 'string' },
        name: { type: 'string' },
        role: { type: 'string' },
        invite: { type: 'boolean' },
      },
    });
    const [action = '', ...rest] = positionals;
    if (rest.length === 0 && ['add', 'reset', 'list'].includes(action)) return { action, values };
  } catch {
    // An option it does not know: the usage says which there are.
  }
  throw new UsageError(userUsage);
}

async function add(context: AccountsContext, values: Values, say: (text: string) => void): Promise<void> {
  const { email = '', role, name = email.split('@')[0], invite: byLink = false } = values;
  const { account, link } = await invite(context, { email, role, name }, 'cli');
  if (byLink || process.stdin.isTTY !== true) {
    say(`Invited ${account.email} as ${account.role}. ${linkText(link)}`);
    return;
  }
  await askForPassword(context, link);
  say(`${account.email} can sign in as ${account.role}.`);
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
  try {
    return await lines.question('');
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

async function reset(context: AccountsContext, email: string, say: (text: string) => void): Promise<void> {
  const account = await findAccountByEmail(context.db, email);
  if (!account) throw unknownAccount('There is no account with this address.');
  if (account.totpSecret) await resetTwoFactor(context, account.id, 'cli');
  const { link } = await renewLink(context, account.id, 'cli');
  say(`${account.email}: ${linkText(link)}`);
}

async function list({ db, now }: AccountsContext, say: (text: string) => void): Promise<void> {
  const [accounts, invited] = [await listAccounts(db, 1000), await openInvitations(db, now())];
  if (accounts.length === 0) say('There are no accounts.');
  for (const account of accounts) {
    say(`${account.email}  ${account.role}  ${statusOfAccount(account, invited.get(account.id))}`);
  }
}

function linkText({ url, expiresAt }: Link): string {
  return `Link to choose a password, works once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC:\n${url}`;
}
