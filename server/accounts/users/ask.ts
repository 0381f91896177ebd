import type { Response } from 'express';
import { askedNotice } from '../../admin/approvals/ask.ts';
import { tellApprovers } from '../../admin/approvals/notify.ts';
import { redirectWithFlash } from '../../admin/flash.ts';
import { personOf } from '../../admin/person.ts';
import type { AccountsContext } from '../context.ts';
import { askForRole, needsSecondPerson } from '../role-requests.ts';

/**
 * Asks for a change that gives or takes a role, and answers with the page that waits; false where no second person is needed
 * and nothing was done. `change` is a `RoleChange` as a form has it. Throws an AccountError.
 */
export async function askInstead(
  context: AccountsContext,
  response: Response,
  change: object,
): Promise<boolean> {
  if (!(await needsSecondPerson(context))) return false;
  const { id, name } = personOf(response);
  const approval = await askForRole(context, change, { by: id, name });
  await tellApprovers(context.mail, response, approval);
  redirectWithFlash(response, `approvals/${approval.id}`, askedNotice);
  return true;
}
