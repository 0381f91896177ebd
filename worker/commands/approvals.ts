import type { Approval, Approvals } from '../../server/mail/index.ts';
import type { AddCommands, CommandContext } from './command.ts';

/** Who decides here: an operator, who could do it without being asked. */
const operator = { by: 'cli', name: 'the command line' };

/** `postlane approvals`: what waits for a second person, for when there is nobody else. */
export const addApprovals: AddCommands = (program, context) => {
  const approvals = program
    .command('approvals')
    .description('what waits on the pages for a second person: list, approve, decline');
  approvals
    .command('list')
    .description('list what waits')
    .addHelpText('after', '\nExample:\n  postlane approvals list')
    .action(() =>
      withApprovals(context, async ({ list }) => {
        const open = await list({ state: 'requested', limit: 100 });
        context.answer(
          open.length > 0 ? open.map(lineOf).join('\n') : 'Nothing is waiting.',
          open.map(viewOf),
        );
      }),
    );
  approvals
    .command('approve')
    .argument('<id>', 'of the request, from the list or from its page')
    .description('do what was asked for, as the second person; the audit log names the command line')
    .addHelpText('after', '\nExample:\n  postlane approvals approve 019a5c2e-0000-7000-8000-000000000000')
    .action((id: string) =>
      withApprovals(context, async ({ approve }) => {
        const approval = await approve(id, operator);
        context.answer(`Approved and done: ${approval.action} of ${approval.subject}.`, viewOf(approval));
      }),
    );
  approvals
    .command('decline')
    .argument('<id>', 'of the request')
    .requiredOption('--reason <text>', 'why, for who asked')
    .description('refuse what was asked for')
    .addHelpText(
      'after',
      '\nExample:\n  postlane approvals decline 019a5c2e-0000-7000-8000-000000000000 --reason "Not this week"',
    )
    .action((id: string, { reason }: { reason: string }) =>
      withApprovals(context, async ({ decline }) => {
        const approval = await decline(id, { ...operator, reason });
        context.answer(`Declined: ${approval.action} of ${approval.subject}.`, viewOf(approval));
      }),
    );
};

/** With the accounts open as well, for requests about them. */
async function withApprovals(
  { config }: Pick<CommandContext, 'config'>,
  work: (approvals: Approvals) => Promise<void>,
): Promise<void> {
  const { withAccounts } = await import('../../server/accounts/command.ts');
  await withAccounts({ ...(await config()), logLevel: 'error' }, ({ mail }) => work(mail.approvals));
}

function lineOf({ id, action, subject, requestedBy, requestedName, requestedAt }: Approval): string {
  const at = requestedAt.toISOString().slice(0, 16).replace('T', ' ');
  return `${id}  ${action}  ${subject}  asked by ${requestedName ?? requestedBy}, ${at} UTC`;
}

function viewOf({ id, action, subject, state, requestedBy, requestedAt, seen }: Approval): object {
  return { id, action, subject, state, requestedBy, requestedAt, seen };
}
