import type { Approval } from '../../mail/index.ts';
import type { Directory } from '../access/directory.ts';
import { nameWithoutAccount } from '../audit/names.ts';
import type { Page } from '../page.ts';
import { may } from '../permissions.ts';
import type { Person } from '../person.ts';
import { pageOf, requestKinds, titleOf } from './kinds.ts';

/** A request as lists show it. */
export interface ApprovalLine {
  id: string;
  state: Approval['state'];
  title: string;
  /** The page of what it is about, behind the mount; null where it has none. */
  about: string | null;
  asker: string;
  at: Date;
  expiresAt: Date;
}

/** Requests in words, with people by their names. */
export async function linesOf(directory: Directory, approvals: readonly Approval[]): Promise<ApprovalLine[]> {
  const names = await directory.names([...new Set(approvals.map(({ requestedBy }) => requestedBy))]);
  return approvals.map(approval => {
    const { id, state, requestedBy, requestedName, requestedAt, expiresAt } = approval;
    return {
      ...{ id, state, title: titleOf(approval), about: pageOf(approval), at: requestedAt, expiresAt },
      asker: names.get(requestedBy) ?? requestedName ?? nameWithoutAccount(requestedBy),
    };
  });
}

/** Whether somebody may see a request: one about accounts is for those who manage them, and for who asked. */
export function maySee(person: Person, { action, requestedBy }: Approval): boolean {
  return action !== 'users.role' || requestedBy === person.id || may(person, requestKinds[action].approve);
}

/** What waits for a second person, as this person may see it. */
export async function waitingRequests({ mail, person, directory }: Page): Promise<ApprovalLine[]> {
  const open = await mail.approvals.list({ state: 'requested', limit: 100 });
  return linesOf(
    directory,
    open.filter(one => maySee(person, one)),
  );
}

/** The open request about something, for the page of it; null when nothing waits. */
export async function waitingFor(
  { mail, directory }: Pick<Page, 'mail' | 'directory'>,
  subject: string,
): Promise<ApprovalLine | null> {
  const [line] = await linesOf(directory, await mail.approvals.list({ state: 'requested', subject }));
  return line ?? null;
}
