import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { columns, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { AuditEntriesRow } from '../../../db/rows.ts';
import { type AuditAction, securityKinds, stranger } from './audit-actions.ts';
import { utc } from './time.ts';

/** Who makes a change; named actors are in the audit log. */
export interface Actor {
  /** A person's id, at most 200 characters. */
  by?: string | undefined;
}

/** One change somebody made. */
export interface Change {
  /** A person's id, `cli` or `files`. */
  by: string;
  action: AuditAction;
  /** What was changed, such as `template:newsletter`. */
  subject: string;
  /** Before and after, as JSON; null for what was not there. Never a secret. */
  before: unknown;
  after: unknown;
  at: Date;
}

/** A change as it is kept. `before` and `after` are null in lists; {@link readAuditEntry} has them. */
export interface AuditEntry extends Omit<Change, 'action'> {
  id: string;
  /** An {@link AuditAction}, or one that an older release recorded. */
  action: string;
}

/** What to look for; `cursor` continues a page. */
export interface AuditFilter {
  by?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  cursor?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

/** One page, newest first; `cursor` is null on the last. */
export interface AuditPage {
  entries: Omit<AuditEntry, 'before' | 'after'>[];
  cursor: string | null;
}

/** What is recorded of a change: see {@link Change}. */
export interface Audited {
  action: AuditAction;
  subject: string;
  before?: unknown;
  after?: unknown;
  at: Date;
}

/**
 * Records a change in the transaction that makes it, both or neither. Returns the entry's id; null when nobody is named,
 * for then nothing is recorded.
 */
export async function audited(trx: Knex, { by }: Actor, change: Audited): Promise<string | null> {
  return by ? recordChange(trx, { before: null, after: null, ...change, by }) : null;
}

/** What an entry says now, of a change that is made in more than one transaction; false when there is no such entry. */
export async function amendEntry(trx: Knex, id: string, after: unknown): Promise<boolean> {
  const changed = await trx('postlane_audit_entries')
    .where({ id })
    .update({ after_change: valueText(after) });
  return changed > 0;
}

/** Writes a change down, in the transaction that makes it. */
export async function recordChange(trx: Knex, change: Change): Promise<string> {
  const [id] = await trx('postlane_audit_entries').insert({
    at: utc(change.at),
    changed_by: cut(change.by, 200),
    action: change.action,
    subject: cut(change.subject, 300),
    before_change: valueText(change.before),
    after_change: valueText(change.after),
  });
  return String(id);
}

const entry = columns<AuditEntriesRow>()('postlane_audit_entries', ['id', 'at', 'action', 'subject'], {
  by: 'changedBy',
});
const change = columns<AuditEntriesRow>()('postlane_audit_entries', [], {
  before: 'beforeChange',
  after: 'afterChange',
});

/** Changes that match, newest first, without what was before and after. */
export async function listAudit(db: Db, filter: AuditFilter = {}): Promise<AuditPage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  const query = db('postlane_audit_entries')
    .select(entry.aliases)
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (filter.by) query.where('changed_by', filter.by);
  if (filter.action) query.where('action', filter.action);
  if (filter.subject) query.where('subject', filter.subject);
  if (filter.cursor) query.where('id', '<', filter.cursor);
  const rows: Selected<typeof entry>[] = await query;
  const entries = rows.slice(0, limit).map(row => ({ ...row, id: String(row.id) }));
  return { entries, cursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
}

/** One change with before and after, or null. */
export async function readAuditEntry(db: Db, id: string): Promise<AuditEntry | null> {
  const row = await db('postlane_audit_entries')
    .select({ ...entry.aliases, ...change.aliases })
    .where({ id })
    .first();
  if (!row) return null;
  return { ...row, id: String(row.id), before: readValue(row.before), after: readValue(row.after) };
}

/** Every action that was ever recorded, in order. The index alone answers it. */
export async function listAuditActions(db: Db): Promise<string[]> {
  return db('postlane_audit_entries').distinct('action').orderBy('action').pluck('action');
}

/**
 * Deletes what strangers did at the doors before `cutoff`, of the first `limit` entries; returns how many there were. What
 * people did who are known stays.
 */
export async function deleteStrangersEntries(db: Db, cutoff: Date, limit: number): Promise<number> {
  const first = await db('postlane_audit_entries')
    .select('id', 'at')
    .where({ changed_by: stranger })
    .whereIn('action', securityKinds)
    .orderBy('id')
    .limit(limit);
  const old = first.filter(({ at }) => at < cutoff).map(({ id }) => id);
  return old.length === 0 ? 0 : db('postlane_audit_entries').whereIn('id', old).delete();
}

/** Largest value kept whole, in characters of its JSON: an entry is for reading, not a copy of everything. */
const largest = 256 * 1024;

function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  if (text.length <= largest) return text;
  const sha256 = createHash('sha256').update(text).digest('hex');
  return JSON.stringify({ tooLongToKeep: true, characters: text.length, sha256 });
}

function readValue(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

function cut(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}
