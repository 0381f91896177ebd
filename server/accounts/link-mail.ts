import { accountCategory } from './account-mail.ts';
import type { AccountsContext } from './context.ts';

/** Why links to accounts are shown rather than mailed, with the remedy; null when they are mailed. */
export function linkMailProblem({ mail }: Pick<AccountsContext, 'mail'>): string | null {
  return accountCategory(mail) === null ? noCategory : null;
}

/** At a start: says in the log that links are not mailed. */
export function warnOfUnmailedLinks(context: Pick<AccountsContext, 'mail'>): void {
  const problem = linkMailProblem(context);
  if (problem) context.mail.log.warn(problem);
}

const noCategory =
  'Invitations and links for a new password are shown to an admin, not mailed: the routing policy has no category ' +
  "that is transactional and needs no consent. Add one to its categories: account: { onUnknown: 'prefer-delivery' }.";
