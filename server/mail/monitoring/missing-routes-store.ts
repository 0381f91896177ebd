import type { Db } from '../../../db/connect.ts';
import { runningStates } from '../campaigns/states.ts';
import { openStates } from '../messages/states.ts';
import type { Lane } from '../routing/policy.ts';
import { utc } from '../shared/time.ts';

/** Something that has to be sent, the first of several with the same category. */
interface Sendable {
  id: string;
  category: string;
}

/** The categories of published templates. */
export async function publishedCategories(db: Db): Promise<Sendable[]> {
  return db('postlane_template_versions')
    .min({ id: 'template' })
    .select('category')
    .where({ published: 1 })
    .groupBy('category');
}

/** The categories of campaigns that run or are paused. */
export async function runningCampaignCategories(db: Db): Promise<Sendable[]> {
  return db('postlane_campaigns')
    .min({ id: 'id' })
    .select('category')
    .whereIn('state', [...runningStates])
    .groupBy('category');
}

/** The routes of the oldest open messages, up to `limit` of each state. */
export async function openRoutes(db: Db, limit: number): Promise<(Sendable & { transport: string })[]> {
  const found = await Promise.all(openStates.map(state => db.raw(routesSql, [state, limit])));
  return found.flatMap(([rows]) => rows);
}

/** Never reads further than it has to. */
const routesSql = `SELECT MIN(id) AS id, category, transport FROM
  (SELECT id, category, transport FROM postlane_messages FORCE INDEX (messages_state)
   WHERE state = ? ORDER BY id LIMIT ?) oldest
  GROUP BY category, transport`;

/** Of these messages those that still have to be sent. */
export async function stillOpen(
  db: Db,
  ids: readonly string[],
): Promise<(Sendable & { transport: string })[]> {
  return db('postlane_messages')
    .select('id', 'category', 'transport')
    .whereIn('id', [...ids])
    .whereIn('state', [...openStates]);
}

/**
 * Messages of these categories that a process without a route put off until later than `now`; up to `limit` of them. It
 * reads no more than what waits for its time.
 */
export async function putOffWithoutRoute(
  db: Db,
  categories: readonly string[],
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const [rows] = await db.raw(putOffSql, [[...lanes], utc(now), [...categories], limit]);
  return (rows as { id: string }[]).map(({ id }) => id);
}

const putOffSql = `SELECT id FROM postlane_messages FORCE INDEX (messages_due)
  WHERE state = 'queued' AND lane IN (?) AND due_at > ? AND reason = 'no-route' AND category IN (?) LIMIT ?`;

const lanes: readonly Lane[] = ['transactional', 'bulk'];

/** The evidence of open alerts of a kind, as JSON. */
export async function openEvidence(db: Db, kind: string): Promise<string[]> {
  return db('postlane_alerts').where({ kind, open: 1 }).pluck('evidence');
}
