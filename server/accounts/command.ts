import { parseArgs } from 'node:util';
import { connect } from '../../db/connect.ts';
import { PageError } from '../admin/page-error.ts';
import type { Config } from '../config.ts';
import { createMail, type Mail } from '../mail/index.ts';
import { resetSecondStep } from './account-changes.ts';
import { type AccountsContext, accountsContext } from './context.ts';
import { acceptLink, invite, renewLink } from './invitations.ts';
import type { Link } from './links.ts';
import { findAccountByEmail, listAccounts } from './store/accounts.ts';
import { askHidden, canAsk } from './terminal.ts';

/** How `postlane user` is used. */
export const userUsage = [
  'postlane user add --email ADDRESS --role ROLE [--name NAME] [--invite]',
  '                          add an account: asks for its password, or prints a link to choose one',
  'postlane user reset --email ADDRESS',
  '                          print a link for a new password; the second step is taken away',
  'postlane user list        who has an account',
].join('\n');

/** Wrong arguments: EX_USAGE of sysexits.h. */
class UsageError extends Error {
  readonly exitCode = 64;
}

/**
 * Runs `postlane user ...`; `config` is read only once the arguments are understood, `say` gets what it prints. Throws a
 * PageError for what cannot be done.
 */
export async function runUserCommand(
  config: () => Config,
  args: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  const { action, values } = read(args);
  const settings = config();
  const db = connect(settings.databaseUrl, { poolSize: 2 });
  let mail: Mail | undefined;
  try {
    mail = await createMail(settings, { importFiles: false, db });
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
  if (byLink || !canAsk()) {
    say(`${account.email} is invited as ${account.role}. ${linkWords(link)}`);
    return;
  }
  await askForPassword(context, link);
  say(`${account.email} can sign in as ${account.role}.`);
}

async function askForPassword(context: AccountsContext, link: Link): Promise<void> {
  for (;;) {
    const password = await askHidden('Password: ');
    if (password === '')
      throw new PageError(422, 'No password', `No password was chosen. ${linkWords(link)}`);
    if (password !== (await askHidden('Once more: '))) {
      process.stderr.write('The two differ.\n');
      continue;
    }
    try {
      await acceptLink(context, link.url.slice(link.url.lastIndexOf('/') + 1), password);
      return;
    } catch (error) {
      if (!(error instanceof PageError) || error.status !== 422) throw error;
      process.stderr.write(`${error.message}\n`);
    }
  }
}

async function reset(context: AccountsContext, email: string, say: (text: string) => void): Promise<void> {
  const account = await findAccountByEmail(context.db, email);
  if (!account) throw new PageError(404, 'Not found', 'There is no account with this address.');
  if (account.totpSecret) await resetSecondStep(context, account.id, 'cli');
  const { link } = await renewLink(context, account.id, 'cli');
  say(`${account.email}: ${linkWords(link)}`);
}

async function list(context: AccountsContext, say: (text: string) => void): Promise<void> {
  const accounts = await listAccounts(context.db, 1000);
  if (accounts.length === 0) say('Nobody has an account.');
  for (const { email, role, password, disabledAt } of accounts) {
    say(`${email}  ${role}  ${disabledAt ? 'disabled' : password ? 'active' : 'invited'}`);
  }
}

function linkWords({ url, expiresAt }: Link): string {
  return `Link to choose a password, good once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC:\n${url}`;
}
