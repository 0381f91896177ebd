import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Db } from '../../db/connect.ts';

/** What is the same for all messages of a {@link insertHistory}; the rest varies with their number. */
export interface History {
  count: number;
  from: Date;
  to: Date;
  template: string;
  stream?: string;
  transport?: string;
  lane?: string;
  tag?: string | null;
  campaignId?: string | null;
  /** The state of message `i`; delivered by default. */
  state?: (i: number) => string;
  recipient?: (i: number) => string;
}

const page = 1000;

/** Writes messages with one attempt each as they would lie there after a while, straight into the tables. */
export async function insertHistory(db: Db, history: History): Promise<string[]> {
  const version = await db('postlane_template_versions')
    .where({ template: history.template })
    .orderBy('id', 'desc')
    .first('id', 'category');
  if (!version) throw new Error(`There is no version of ${history.template}.`);
  const ids: string[] = [];
  for (let done = 0; done < history.count; done += page) {
    const rows = Array.from({ length: Math.min(page, history.count - done) }, (_, i) =>
      row(history, version, done + i),
    );
    await db.transaction(async trx => {
      await trx('postlane_messages').insert(rows);
      await insertAttempts(trx, rows);
    });
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

async function insertAttempts(trx: Knex, rows: readonly ReturnType<typeof row>[]): Promise<void> {
  const tried = rows.filter(({ attempt_count }) => attempt_count > 0);
  if (tried.length === 0) return;
  await trx('postlane_attempts').insert(
    tried.map(message => ({
      id: idAt(message.at),
      message_id: message.id,
      number: 1,
      stream: message.stream,
      transport: message.transport,
      outcome: message.state === 'failed' ? 'rejected' : 'accepted',
      code: 'postmark-0',
      answer: 'OK',
      created_at: message.created_at,
      settled_at: message.sent_at,
    })),
  );
}

function row(history: History, version: { id: number; category: string }, i: number) {
  const { from, to, count } = history;
  const at = new Date(from.getTime() + ((to.getTime() - from.getTime()) * i) / count);
  const state = history.state?.(i) ?? 'delivered';
  const left = ['sent', 'delivered', 'bounced', 'complained'].includes(state);
  const message = {
    id: idAt(at),
    state,
    lane: history.lane ?? 'transactional',
    due_at: state === 'queued' ? text(at) : null,
    attempt_count: ['queued', 'suppressed', 'cancelled', 'held'].includes(state) ? 0 : 1,
    category: version.category,
    stream: history.stream ?? 'outbound',
    transport: history.transport ?? 'postmark-api',
    bucket: i % 100,
    policy_version: 1,
    template_version_id: version.id,
    campaign_id: history.campaignId ?? null,
    recipient: history.recipient?.(i) ?? `person-${i}@mail.example`,
    tag: history.tag ?? null,
    created_at: text(at),
    sent_at: left ? text(new Date(at.getTime() + 200 + ((i * 7919) % 4000))) : null,
    delivered_at:
      state === 'delivered' || state === 'complained' ? text(new Date(at.getTime() + 9000)) : null,
    bounced_at: state === 'bounced' ? text(new Date(at.getTime() + 9000)) : null,
  };
  // Not a column: for the attempt's id.
  Object.defineProperty(message, 'at', { value: at, enumerable: false });
  return message as typeof message & { at: Date };
}

/** An id as one made at that moment. */
export function idAt(at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0');
  const random = randomBytes(10).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}

function text(at: Date): string {
  return at.toISOString().slice(0, 23).replace('T', ' ');
}
