import { MailError } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';

/** The template of the mail with a link to choose a password. */
export const linkTemplate = 'account-invitation';

/** Why links to accounts are shown rather than mailed, with the remedy; null when they are mailed. */
export async function linkMailProblem({ mail }: Pick<AccountsContext, 'mail'>): Promise<string | null> {
  try {
    await mail.render({ template: linkTemplate, data: exampleData });
    return null;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return error.code === 'unknown-template' ? unpublished : unfit(error);
  }
}

/** At a start: says in the log that links are not mailed. */
export async function warnOfUnmailedLinks(context: Pick<AccountsContext, 'mail'>): Promise<void> {
  const problem = await linkMailProblem(context);
  if (problem) context.mail.log.warn({ template: linkTemplate }, problem);
}

const consequence = 'Invitations and links for a new password are shown to an admin, not mailed';
const unpublished =
  `${consequence}: the template ${linkTemplate} is not published. ` +
  'postlane init writes it into the template folder, postlane templates push publishes it.';

function unfit({ message }: MailError): string {
  return `${consequence}: the template ${linkTemplate} cannot be used (${message}). Give it the data that postlane init writes it with, and push it.`;
}

const exampleData = {
  name: 'Ada',
  role: 'editor',
  invitedBy: 'Grace',
  link: 'https://mail.example/invitation/example',
  validHours: 1,
  newPassword: false,
};
