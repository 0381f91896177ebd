import type { Db } from '../../../db/connect.ts';
import { firstIdAt } from '../shared/ids.ts';
import type { MessageFilter } from './filter.ts';
import { type Plan, plansFor } from './search-plans.ts';
import { completeViews, type MessageView, type ViewRow, viewColumns } from './views-store.ts';

/** One page, newest first. */
export interface MessagePage {
  messages: MessageView[];
  /** Continues with older ones; null on the last page. */
  cursor: string | null;
  /** Goes back to newer ones, as `after`; null on the first page. */
  newer: string | null;
  /** True when the search stopped before the page was full because too many did not match; the cursor continues it. */
  partial: boolean;
}

/** How many messages are read for one page when no single index answers all conditions. */
export const searchBudget = 10_000;

/** Messages that match. Ids are in order of acceptance, so an id serves as the cursor in both directions. */
export async function findMessages(
  db: Db,
  filter: MessageFilter,
  budget = searchBudget,
): Promise<MessagePage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  const plans = plansFor(filter, await versionIds(db, filter.template));
  const { plan, end } = await shortestPlan(db, plans, filter, budget);
  const { sql, bindings } = candidates(plan, filter, plan.rest.length === 0 ? limit + 1 : budget);
  const rest = plan.rest.map(({ sql }) => sql).join(' AND ');
  // In this order: with old statistics the optimizer would rather begin at the templates and read every message. As
  // the inner table of an outer join they cannot be the first; composed mail has none.
  const join = filter.template ? 'STRAIGHT_JOIN' : 'LEFT JOIN';
  const [rows]: ViewRow[][] = await db.raw(
    `SELECT ${viewColumns} FROM (${sql}) found
     STRAIGHT_JOIN postlane_messages m ON m.id = found.id
     ${join} postlane_template_versions t ON t.id = m.template_version_id
     ${rest && `WHERE ${rest}`} ORDER BY found.id ${orderOf(filter)} LIMIT ${limit + 1}`,
    [...bindings, ...plan.rest.flatMap(({ bindings }) => bindings)],
  );
  const more = (rows ?? []).length > limit;
  const found = await completeViews(db, (rows ?? []).slice(0, limit));
  const page = pageOf(found, filter, { more, last: more ? null : end });
  if (!filter.subject) return page;
  // Else a subject could be guessed that only its recipient may read.
  return { ...page, messages: page.messages.filter(({ confidential }) => !confidential) };
}

/** A plan, and the id where the budget ends; null when it reaches the end. */
interface Chosen {
  plan: Plan;
  end: string | null;
}

/**
 * The plan that answers all, else the first that the budget can read to the end, else the one on which it gets furthest:
 * there the candidates are sparsest. A common tag in a rare state is found by its state.
 */
async function shortestPlan(
  db: Db,
  plans: readonly Plan[],
  filter: MessageFilter,
  budget: number,
): Promise<Chosen> {
  let best: Chosen | undefined;
  for (const plan of plans) {
    const end = plan.rest.length === 0 ? null : await endOfWalk(db, plan, filter, budget);
    if (end === null) return { plan, end };
    if (!best?.end || (filter.after ? end > best.end : end < best.end)) best = { plan, end };
  }
  if (!best) throw new Error('There is always a plan.');
  return best;
}

async function endOfWalk(db: Db, plan: Plan, filter: MessageFilter, budget: number): Promise<string | null> {
  const { sql, bindings } = candidates(plan, filter, budget);
  const last = filter.after ? 'MAX(id)' : 'MIN(id)';
  const [[row]] = await db.raw(`SELECT COUNT(*) AS count, ${last} AS last FROM (${sql}) looked`, bindings);
  return Number(row.count) < budget ? null : row.last;
}

/** Ids of the first `limit` candidates: each walk reads no further than that. */
function candidates({ table, index, walks }: Plan, filter: MessageFilter, limit: number) {
  const order = orderOf(filter);
  const id = table === 'postlane_messages' ? 'id' : 'message_id';
  const bounds: [string, string][] = [
    ...(filter.since ? [[`${id} >= ?`, firstIdAt(new Date(filter.since))] as [string, string]] : []),
    ...(filter.until ? [[`${id} < ?`, firstIdAt(new Date(filter.until))] as [string, string]] : []),
    ...(filter.cursor ? [[`${id} < ?`, filter.cursor] as [string, string]] : []),
    ...(filter.after ? [[`${id} > ?`, filter.after] as [string, string]] : []),
  ];
  const parts = walks.map(conditions => {
    const where = [...conditions.map(([column]) => `${column} = ?`), ...bounds.map(([sql]) => sql)];
    return {
      sql: `(SELECT ${id} AS id FROM ${table} FORCE INDEX (${index})${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}
        ORDER BY ${id} ${order} LIMIT ${limit})`,
      bindings: [...conditions.map(([, value]) => value), ...bounds.map(([, value]) => value)],
    };
  });
  if (parts.length === 0) return { sql: "SELECT id FROM postlane_messages WHERE id = ''", bindings: [] };
  const union = parts.map(({ sql }) => sql).join(' UNION ALL ');
  return {
    sql: `SELECT id FROM (${union}) walked ORDER BY id ${order} LIMIT ${limit}`,
    bindings: parts.flatMap(part => part.bindings),
  };
}

function orderOf({ after }: MessageFilter): 'ASC' | 'DESC' {
  return after ? 'ASC' : 'DESC';
}

function pageOf(
  rows: MessageView[],
  { cursor, after }: MessageFilter,
  { more, last }: { more: boolean; last: string | null },
): MessagePage {
  const messages = after ? rows.toReversed() : rows;
  const [first, end] = [messages.at(0)?.id ?? null, messages.at(-1)?.id ?? null];
  const partial = last !== null;
  if (after) return { messages, partial, newer: more ? first : last, cursor: end ?? after };
  return { messages, partial, cursor: more ? end : last, newer: cursor ? (first ?? cursor) : null };
}

async function versionIds(db: Db, template: string | undefined): Promise<number[] | null> {
  if (!template) return null;
  return db('postlane_template_versions').where({ template }).orderBy('id', 'desc').limit(200).pluck('id');
}

/** Messages that an id names: our own, an attempt's, or the provider's. */
export async function messagesNamed(db: Db, id: string): Promise<string[]> {
  const [own, attempts] = await Promise.all([
    db('postlane_messages').where({ id }).pluck('id'),
    db('postlane_attempts').where({ id }).orWhere({ provider_message_id: id }).limit(10).pluck('message_id'),
  ]);
  return [...new Set([...own, ...attempts])];
}

/** Addresses that begin with a text, in order; each is found by one seek. */
export async function recipientsBeginning(db: Db, start: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  for (let from = start.toLowerCase(); found.length < limit; ) {
    const row = await db('postlane_messages')
      .select('recipient')
      .where('recipient', found.length === 0 ? '>=' : '>', from)
      .orderBy('recipient')
      .first();
    if (!row?.recipient.startsWith(start.toLowerCase())) break;
    from = row.recipient;
    found.push(from);
  }
  return found;
}
