import type { Trx } from '../../../db/connect.ts';
import { isDuplicate } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { recordChange } from '../shared/audit-store.ts';
import { idAt } from '../shared/ids.ts';
import { addMs, dayMs } from '../shared/time.ts';
import type { NewApproval } from './api.ts';
import {
  type Approval,
  closeApproval,
  type Decider,
  insertApproval,
  readApproval,
} from './approvals-store.ts';
import { type ApprovalTransition, approvalTransitions } from './states.ts';

/** How long a request waits for a word. */
const waitMs = 7 * dayMs;

/** Who closes a request that nobody decided on. */
const nobody = 'postlane';

/** Stores a request and its entry in the audit log. Throws `wrong-state` while another one about the subject is open. */
export async function openRequest(
  { now }: Pick<MailContext, 'now'>,
  trx: Trx,
  { preparedBy, ...input }: NewApproval,
  { by, name }: Decider,
): Promise<Approval> {
  const at = now();
  const approval: Approval = {
    ...input,
    id: idAt(at),
    state: 'requested',
    preparedBy: [...new Set([...preparedBy, by])],
    ...{ requestedBy: by, requestedName: shortened(name), requestedAt: at, expiresAt: addMs(at, waitMs) },
    ...{ decidedBy: null, decidedName: null, decidedAt: null, reason: null },
  };
  try {
    await insertApproval(trx, approval);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new MailError(
      'wrong-state',
      'This waits for a second person already: withdraw or decline that first.',
    );
  }
  await recordChange(trx, {
    ...{ action: 'approval.request', subject: approval.subject, by, at },
    before: null,
    after: { ...auditView(approval), ...approval.seen },
  });
  return approval;
}

/** What somebody, or time, does to a request. */
export interface Closing {
  name: ApprovalTransition;
  /** Nobody for what happens by itself. */
  decider: Decider | null;
  reason?: string | undefined;
}

/** Closes an open request, with its entry in the audit log; false when it was closed before. */
export async function closeRequest(
  { now }: Pick<MailContext, 'now'>,
  trx: Trx,
  id: string,
  { name, decider, reason }: Closing,
): Promise<boolean> {
  const at = now();
  const by = decider?.by ?? nobody;
  const byName = shortened(decider?.name);
  if (!(await closeApproval(trx, id, name, { by, byName, at, reason: reason ?? null }))) return false;
  const approval = await readApproval(trx, id);
  if (!approval) return false;
  const { action } = approvalTransitions[name];
  const [before, after] = [{ state: 'requested' }, auditView(approval)];
  await recordChange(trx, { action, subject: approval.subject, by, at, before, after });
  return true;
}

/** Both people by name and id. */
function auditView(approval: Approval): Record<string, unknown> {
  const { id, action, state, requestedBy, requestedName, decidedBy, decidedName, reason, preparedBy } =
    approval;
  return {
    ...{ state, request: id, action, requestedBy: person(requestedBy, requestedName) },
    ...(decidedBy !== null && decidedBy !== nobody && { decidedBy: person(decidedBy, decidedName) }),
    ...(reason !== null && { reason }),
    preparedBy,
  };
}

function person(id: string, name: string | null): string {
  return name === null || name === id ? id : `${name} (${id})`;
}

function shortened(name: string | undefined): string | null {
  return name === undefined ? null : [...name].slice(0, 200).join('');
}
