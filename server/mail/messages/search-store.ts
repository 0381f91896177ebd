import type { Db } from '../../../db/connect.ts';
import { addressKey } from '../shared/address.ts';
import { firstIdAt } from '../shared/ids.ts';
import { type MessageState, messageStates } from './states.ts';
import { type MessageView, viewColumns } from './views-store.ts';

/** What to look for; all conditions apply. `from` and `to` bound the time of acceptance, by the id. */
export interface MessageFilter {
  /** The whole address. */
  recipient?: string | undefined;
  template?: string | undefined;
  state?: MessageState | undefined;
  stream?: string | undefined;
  tag?: string | undefined;
  campaignId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Continues a page: messages older than this id. */
  cursor?: string | undefined;
  /** Goes back a page: messages newer than this id. */
  after?: string | undefined;
  /** Default 50, at most 500. */
  limit?: number | undefined;
}

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
  const rest = plan.rest.map(([column]) => `${column} = ?`).join(' AND ');
  // In this order: with old statistics the optimizer would rather begin at the templates and read every message.
  const [rows]: MessageView[][] = await db.raw(
    `SELECT ${viewColumns} FROM (${sql}) found
     STRAIGHT_JOIN postlane_messages m ON m.id = found.id
     STRAIGHT_JOIN postlane_template_versions t ON t.id = m.template_version_id
     ${rest && `WHERE ${rest}`} ORDER BY found.id ${orderOf(filter)} LIMIT ${limit + 1}`,
    [...bindings, ...plan.rest.map(([, value]) => value)],
  );
  const found = rows ?? [];
  const more = found.length > limit;
  return pageOf(found.slice(0, limit), filter, { more, last: more ? null : end });
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
function candidates({ index, walks }: Plan, filter: MessageFilter, limit: number) {
  const order = orderOf(filter);
  const bounds: [string, string][] = [
    ...(filter.from ? [['id >= ?', firstIdAt(filter.from)] as [string, string]] : []),
    ...(filter.to ? [['id < ?', firstIdAt(filter.to)] as [string, string]] : []),
    ...(filter.cursor ? [['id < ?', filter.cursor] as [string, string]] : []),
    ...(filter.after ? [['id > ?', filter.after] as [string, string]] : []),
  ];
  const parts = walks.map(conditions => {
    const where = [...conditions.map(([column]) => `${column} = ?`), ...bounds.map(([sql]) => sql)];
    return {
      sql: `(SELECT id FROM postlane_messages FORCE INDEX (${index})${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}
        ORDER BY id ${order} LIMIT ${limit})`,
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

/** A column and the value that it is to have. */
export type Condition = readonly [column: string, value: string | number];

/** One plan of a search: an index, the prefixes it is entered with (each read in order of id), and the conditions it cannot answer. */
export interface Plan {
  index: string;
  walks: Condition[][];
  rest: Condition[];
}

/** Every plan for a filter, usually short ones first; `versions` are the template's. */
function plansFor(filter: MessageFilter, versions: readonly number[] | null): Plan[] {
  const { recipient, campaignId, tag, state, stream, template } = filter;
  const asked: Condition[] = [
    ...(recipient ? [['m.recipient', addressKey(recipient)] as const] : []),
    ...(campaignId ? [['m.campaign_id', campaignId] as const] : []),
    ...(tag ? [['m.tag', tag] as const] : []),
    ...(template ? [['t.template', template] as const] : []),
    ...(state ? [['m.state', state] as const] : []),
    ...(stream ? [['m.stream', stream] as const] : []),
  ];
  const plan = (index: string, walks: Condition[][], ...answered: string[]): Plan => ({
    index,
    walks,
    rest: asked.filter(([column]) => !answered.includes(column)),
  });
  const byState = state ? [plan('messages_state', [[['state', state]]], 'm.state')] : [];
  const plans = [
    ...(recipient
      ? [plan('messages_recipient', [[['recipient', addressKey(recipient)]]], 'm.recipient')]
      : []),
    ...(campaignId
      ? [plan('messages_campaign_state', campaignWalks(campaignId, state), 'm.campaign_id', 'm.state')]
      : []),
    ...(state && !common.has(state) ? byState : []),
    ...(tag
      ? [plan('messages_tag', [[['tag_start', tagStart(tag)]]], tagStart(tag) === tag ? 'm.tag' : '')]
      : []),
    ...(versions ? [plan('messages_template_version', versionWalks(versions), 't.template')] : []),
    ...(stream ? [plan('messages_stream', [[['stream', stream]]], 'm.stream')] : []),
    ...(state && common.has(state) ? byState : []),
  ];
  return plans.length > 0 ? plans : [plan('PRIMARY', [[]])];
}

const common: ReadonlySet<MessageState> = new Set(['sent', 'delivered']);

// The index has the state before the id.
function campaignWalks(campaignId: string, state: MessageState | undefined): Condition[][] {
  const states = state ? [state] : messageStates;
  return states.map(one => [
    ['campaign_id', campaignId],
    ['state', one],
  ]);
}

function versionWalks(versions: readonly number[]): Condition[][] {
  return versions.map(id => [['template_version_id', id]]);
}

// The part that its index covers.
function tagStart(tag: string): string {
  return [...tag].slice(0, 64).join('');
}
