import type { AddCommands } from './command.ts';

const command = () => import('../../server/accounts/command.ts');

/** `postlane user`: the accounts of the stand-alone server's pages. */
export const addUser: AddCommands = (program, { answer, config }) => {
  const user = program.command('user').description('accounts of the stand-alone server: add, reset, list');
  user
    .command('add')
    .description('add an account: asks for its password, or prints a link to choose one')
    .requiredOption('--email <address>', 'who signs in with it')
    .requiredOption('--role <role>', 'viewer, editor, publisher or admin')
    .option('--name <name>', 'how the pages call them')
    .option('--invite', 'print a link in place of asking for a password')
    .addHelpText('after', '\nExample:\n  postlane user add --email ada@shop.example --role admin --invite')
    .action(async given => {
      const { addAccount, withAccounts } = await command();
      await withAccounts({ ...(await config()), logLevel: 'error' }, async context => {
        const text = await addAccount(context, given);
        answer(text, { email: given.email, role: given.role, text });
      });
    });
  user
    .command('reset')
    .description('print a link for a new password and turn two-factor authentication off')
    .requiredOption('--email <address>', 'whose')
    .addHelpText('after', '\nExample:\n  postlane user reset --email ada@shop.example')
    .action(async ({ email }) => {
      const { resetAccount, withAccounts } = await command();
      await withAccounts({ ...(await config()), logLevel: 'error' }, async context => {
        const text = await resetAccount(context, email);
        answer(text, { email, text });
      });
    });
  user
    .command('list')
    .description('list the accounts')
    .addHelpText('after', '\nExample:\n  postlane user list')
    .action(async () => {
      const { describeAccounts, withAccounts } = await command();
      await withAccounts({ ...(await config()), logLevel: 'error' }, async context => {
        const accounts = await describeAccounts(context);
        const lines = accounts.map(({ email, role, status }) => `${email}  ${role}  ${status}`);
        answer(lines.length > 0 ? lines.join('\n') : 'There are no accounts.', accounts);
      });
    });
};
