import type { Db } from '../../../db/connect.ts';
import { addressKey } from '../rules/address.ts';
import { firstIdAt } from '../rules/id-time.ts';
import { type MessageState, messageStates } from '../rules/states.ts';
import { type MessageView, viewColumns } from './message-views.ts';

/** What to look for, all of it. `from` and `to` bound the time of acceptance, to which the id bears witness. */
export interface MessageFilter {
  /** The whole address. */
  recipient?: string;
  template?: string;
  state?: MessageState;
  stream?: string;
  tag?: string;
  campaignId?: string;
  from?: Date;
  to?: Date;
  /** Continues a page: messages older than this id. */
  cursor?: string;
  /** Goes back a page: messages newer than this id. */
  after?: string;
  /** Default 50, at most 500. */
  limit?: number;
}

/** One page, newest first. */
export interface MessagePage {
  messages: MessageView[];
  /** Continues with older ones; null on the last page. */
  cursor: string | null;
  /** Goes back to newer ones, as `after`; null on the first page. */
  newer: string | null;
  /** True when the search stopped before the page was full, because so many did not match; the cursor goes on. */
  partial: boolean;
}

/** So many messages are looked at for one page when no single index answers all that was asked. */
export const searchBudget = 10_000;

/** Messages that match. Ids are in order of acceptance, so an id is the cursor, both ways. */
export async function findMessages(db: Db, filter: MessageFilter): Promise<MessagePage> {
  const limit = Math.min(filter.limit ?? 50, 500);
  const plan = searchPlan(filter, await versionIds(db, filter.template));
  const wanted = plan.rest.length === 0 ? limit + 1 : searchBudget;
  const { sql, bindings } = candidates(plan, filter, wanted);
  const order = filter.after ? 'ASC' : 'DESC';
  const rest = plan.rest.map(([column]) => `${column} = ?`).join(' AND ');
  // In this order: with old statistics the optimizer would rather begin at the templates and read every message.
  const [rows]: MessageView[][] = await db.raw(
    `SELECT ${viewColumns} FROM (${sql}) found
     STRAIGHT_JOIN messages m ON m.id = found.id
     STRAIGHT_JOIN template_versions t ON t.id = m.template_version_id
     ${rest && `WHERE ${rest}`} ORDER BY found.id ${order} LIMIT ${limit + 1}`,
    [...bindings, ...plan.rest.map(([, value]) => value)],
  );
  const found = rows ?? [];
  const more = found.length > limit;
  const last = more || plan.rest.length === 0 ? null : await lastLookedAt(db, sql, bindings, wanted, order);
  return pageOf(found.slice(0, limit), filter, { more, last });
}

type Condition = readonly [column: string, value: string | number];

/** An index, the values it is entered with (each is one walk in order of id), and what it cannot answer. */
interface SearchPlan {
  index: string;
  walks: Condition[][];
  rest: Condition[];
}

/** The index that leaves least to look at; what it does not know is asked of each row. */
function searchPlan(filter: MessageFilter, versions: readonly number[] | null): SearchPlan {
  const { recipient, campaignId, tag, state, stream } = filter;
  const asked = {
    ...(recipient && { 'm.recipient': addressKey(recipient) }),
    ...(campaignId && { 'm.campaign_id': campaignId }),
    ...(tag && { 'm.tag': tag }),
    ...(filter.template && { 't.template': filter.template }),
    ...(state && { 'm.state': state }),
    ...(stream && { 'm.stream': stream }),
  };
  const plan = (index: string, walks: Condition[][], answered: readonly string[]): SearchPlan => ({
    index,
    walks,
    rest: Object.entries(asked).filter(([column]) => !answered.includes(column)),
  });
  if (recipient) return plan('messages_recipient', [[['recipient', addressKey(recipient)]]], ['m.recipient']);
  if (campaignId) {
    const states = state ? [state] : messageStates;
    const walks = states.map((one): Condition[] => [
      ['campaign_id', campaignId],
      ['state', one],
    ]);
    return plan('messages_campaign_state', walks, ['m.campaign_id', 'm.state']);
  }
  if (tag) {
    const start = [...tag].slice(0, 64).join('');
    return plan('messages_tag', [[['tag_start', start]]], start === tag ? ['m.tag'] : []);
  }
  if (state && !common.has(state)) return plan('messages_state', [[['state', state]]], ['m.state']);
  if (versions) {
    const walks = versions.map((id): Condition[] => [['template_version_id', id]]);
    return plan('messages_template_version', walks, ['t.template']);
  }
  if (state) return plan('messages_state', [[['state', state]]], ['m.state']);
  if (stream) return plan('messages_stream', [[['stream', stream]]], ['m.stream']);
  return plan('PRIMARY', [[]], []);
}

const common: ReadonlySet<MessageState> = new Set(['sent', 'delivered']);

/** Ids of the first `limit` candidates: each walk reads no further than that. */
function candidates({ index, walks }: SearchPlan, filter: MessageFilter, limit: number) {
  const order = filter.after ? 'ASC' : 'DESC';
  const bounds: [string, string][] = [
    ...(filter.from ? [['id >= ?', firstIdAt(filter.from)] as [string, string]] : []),
    ...(filter.to ? [['id < ?', firstIdAt(filter.to)] as [string, string]] : []),
    ...(filter.cursor ? [['id < ?', filter.cursor] as [string, string]] : []),
    ...(filter.after ? [['id > ?', filter.after] as [string, string]] : []),
  ];
  const parts = walks.map(conditions => {
    const where = [...conditions.map(([column]) => `${column} = ?`), ...bounds.map(([sql]) => sql)];
    return {
      sql: `(SELECT id FROM messages FORCE INDEX (${index})${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}
        ORDER BY id ${order} LIMIT ${limit})`,
      bindings: [...conditions.map(([, value]) => value), ...bounds.map(([, value]) => value)],
    };
  });
  if (parts.length === 0) return { sql: "SELECT id FROM messages WHERE id = ''", bindings: [] };
  const union = parts.map(({ sql }) => sql).join(' UNION ALL ');
  return {
    sql: `SELECT id FROM (${union}) walked ORDER BY id ${order} LIMIT ${limit}`,
    bindings: parts.flatMap(part => part.bindings),
  };
}

/** Where a search that used up its budget stopped; null when it saw everything. */
async function lastLookedAt(
  db: Db,
  sql: string,
  bindings: (string | number)[],
  budget: number,
  order: 'ASC' | 'DESC',
): Promise<string | null> {
  const last = order === 'ASC' ? 'MAX(id)' : 'MIN(id)';
  const [[row]] = await db.raw(`SELECT COUNT(*) AS count, ${last} AS last FROM (${sql}) looked`, bindings);
  return Number(row.count) < budget ? null : row.last;
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
  return db('template_versions').where({ template }).orderBy('id', 'desc').limit(200).pluck('id');
}

/** Messages that an id names: our own, an attempt's, or the provider's. */
export async function messagesNamed(db: Db, id: string): Promise<string[]> {
  const [own, attempts] = await Promise.all([
    db('messages').where({ id }).pluck('id'),
    db('attempts').where({ id }).orWhere({ provider_message_id: id }).limit(10).pluck('message_id'),
  ]);
  return [...new Set([...own, ...attempts])];
}

/** Addresses that begin with a text, in order; each is found by one seek. */
export async function recipientsBeginning(db: Db, start: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  for (let from = start.toLowerCase(); found.length < limit; ) {
    const row = await db('messages')
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
