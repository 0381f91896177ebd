import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { ApprovalsRow } from '../../../db/rows.ts';
import { firstIdAt } from '../shared/ids.ts';
import { utc } from '../shared/time.ts';
import {
  type ApprovalState,
  type ApprovalTransition,
  approvalTransitions,
  type SecondPersonAction,
} from './states.ts';

/** Somebody who asks or decides: as the audit log knows them, and as people do where that is known. */
export interface Decider {
  by: string;
  name?: string | undefined;
}

const stored = columns<Known<ApprovalsRow, { action: SecondPersonAction; state: ApprovalState }>>()(
  'postlane_approvals',
  [
    'id',
    'action',
    'subject',
    'state',
    'request',
    'seen',
    'fingerprint',
    'preparedBy',
    'requestedBy',
    'requestedName',
    'requestedAt',
    'expiresAt',
    'decidedBy',
    'decidedName',
    'decidedAt',
    'reason',
  ],
);
type Stored = Selected<typeof stored>;

/** A request for a second person's word. Times are UTC. */
export type Approval = Omit<Stored, 'request' | 'seen' | 'preparedBy'> & {
  request: Record<string, unknown>;
  seen: Record<string, unknown>;
  /** Ids of those who prepared it, who asked included. */
  preparedBy: string[];
};

/** Which requests to list, the latest first. */
export interface ApprovalFilter {
  state?: ApprovalState | undefined;
  subject?: string | undefined;
  /** Older than this id. */
  cursor?: string | undefined;
  /** Default 50, at most 100. */
  limit?: number | undefined;
}

/** Stores a request. Refused by a unique key (a duplicate) while another one about the subject is open. */
export async function insertApproval(
  trx: Knex,
  approval: Omit<Approval, 'state' | 'decidedBy' | 'decidedName' | 'decidedAt' | 'reason'>,
): Promise<void> {
  await trx('postlane_approvals').insert({
    id: approval.id,
    action: approval.action,
    subject: approval.subject,
    state: 'requested',
    open_subject: approval.subject,
    request: JSON.stringify(approval.request),
    seen: JSON.stringify(approval.seen),
    fingerprint: approval.fingerprint,
    prepared_by: JSON.stringify(approval.preparedBy),
    requested_by: approval.requestedBy,
    requested_name: approval.requestedName,
    requested_at: utc(approval.requestedAt),
    expires_at: utc(approval.expiresAt),
  });
}

/** One request, or null; locked for the rest of the transaction when `lock` is set. */
export async function readApproval(db: Knex, id: string, { lock = false } = {}): Promise<Approval | null> {
  const query = db('postlane_approvals').select(stored.aliases).where({ id }).first();
  const row: Stored | undefined = await (lock ? query.forUpdate() : query);
  return row ? approvalOf(row) : null;
}

/** The open request about a subject, or null. */
export async function readOpenApproval(db: Knex, subject: string): Promise<Approval | null> {
  const row = await db('postlane_approvals').select(stored.aliases).where({ open_subject: subject }).first();
  return row ? approvalOf(row) : null;
}

/** Requests that match, the latest first. */
export async function listApprovals(
  db: Knex,
  { state, subject, cursor, limit = 50 }: ApprovalFilter,
): Promise<Approval[]> {
  const query = db('postlane_approvals')
    .select(stored.aliases)
    .orderBy('id', 'desc')
    .limit(Math.min(limit, 100));
  if (state) query.where({ state });
  if (subject) query.where({ subject });
  if (cursor) query.where('id', '<', cursor);
  return (await query).map(approvalOf);
}

/** The only writer of a request's state; false when it was decided before. */
export async function closeApproval(
  trx: Knex,
  id: string,
  name: ApprovalTransition,
  { by, byName, at, reason }: { by: string; byName: string | null; at: Date; reason: string | null },
): Promise<boolean> {
  const changed = await trx('postlane_approvals')
    .where({ id, state: 'requested' })
    .update({
      state: approvalTransitions[name].to,
      open_subject: null,
      decided_by: by,
      decided_name: byName,
      decided_at: utc(at),
      reason,
    });
  return changed > 0;
}

/** Keeps what an open request was last compared with, so that it need not be compared again. */
export async function saveSeen(db: Knex, id: string, seen: Record<string, unknown>): Promise<void> {
  await db('postlane_approvals')
    .where({ id, state: 'requested' })
    .update({ seen: JSON.stringify(seen) });
}

/** Those who made a campaign or changed who gets it, as the audit log has them. */
export async function campaignPreparers(db: Knex, campaignId: string): Promise<string[]> {
  return db('postlane_audit_entries')
    .distinct('changed_by')
    .where({ subject: `campaign:${campaignId}` })
    .whereIn('action', ['campaign.create', 'campaign.add-recipients', 'campaign.remove-recipients'])
    .pluck('changed_by');
}

/** Deletes the first so many requests made before `cutoff` that nobody can decide any more; returns how many there were. */
export async function deleteApprovals(db: Knex, cutoff: Date, now: Date, limit: number): Promise<number> {
  return db('postlane_approvals')
    .where('id', '<', firstIdAt(cutoff))
    .where(closed => closed.whereNot({ state: 'requested' }).orWhere('expires_at', '<=', utc(now)))
    .orderBy('id')
    .limit(limit)
    .delete();
}

function approvalOf({ request, seen, preparedBy, ...row }: Stored): Approval {
  return {
    ...row,
    request: JSON.parse(request),
    seen: JSON.parse(seen),
    preparedBy: JSON.parse(preparedBy),
  };
}
