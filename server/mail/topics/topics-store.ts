import type { Knex } from 'knex';
import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db, Trx } from '../../../db/connect.ts';
import type { TopicsRow } from '../../../db/rows.ts';
import { utc } from '../shared/time.ts';
import type { TopicConsent, TopicSettings } from './topic.ts';

type Row = Known<TopicsRow, { consent: TopicConsent }>;
const stored = columns<Row>()(
  'postlane_topics',
  ['name', 'description', 'translations', 'consent', 'streams', 'doubleOptIn', 'shown', 'archivedAt'],
  { key: 'topic', order: 'position' },
);

/** Topics that can be saved at most: all of them are read at once. */
export const mostTopics = 500;

/** All that was decided about topics. */
export async function readTopics(
  db: Knex,
  { lock = false }: { lock?: boolean } = {},
): Promise<TopicSettings[]> {
  const query = db('postlane_topics').select(stored.aliases).limit(mostTopics);
  if (lock) query.forUpdate();
  return (await query).map(settingsOf);
}

function settingsOf({
  translations,
  streams,
  doubleOptIn,
  shown,
  ...row
}: Selected<typeof stored>): TopicSettings {
  return {
    ...row,
    translations: JSON.parse(translations),
    streams: streams === null ? null : streams.split(','),
    doubleOptIn: doubleOptIn === 1,
    shown: shown === 1,
  };
}

/** Keeps what is decided about a topic. */
export async function saveTopic(
  trx: Trx,
  { key, order, translations, streams, doubleOptIn, shown, archivedAt, ...words }: TopicSettings,
  { at, by }: { at: Date; by: string | null },
): Promise<void> {
  await trx('postlane_topics')
    .insert({
      ...{ topic: key, name: words.name, description: words.description, consent: words.consent },
      ...{ translations: JSON.stringify(translations), streams: streams?.join(',') ?? null },
      ...{ double_opt_in: Number(doubleOptIn), shown: Number(shown), position: order },
      ...{ archived_at: utc(archivedAt), changed_at: utc(at), changed_by: by?.slice(0, 200) ?? null },
    })
    .onConflict()
    .merge();
}

/** How many people said what about a topic; each is counted no further than {@link countedTo}. */
export interface TopicCounts {
  granted: number;
  withdrawn: number;
  /** Who has not confirmed yet. */
  pending: number;
}

/** A count beyond it says no more than that there are more. */
export const countedTo = 100_000;

/** The counts of a topic; indexes alone answer them. */
export async function countStatements(db: Db, topic: string, now: Date): Promise<TopicCounts> {
  const consents = (granted: number) => db('postlane_consents').where({ topic, granted });
  const pending = db('postlane_consent_confirmations')
    .where({ topic, confirmed_at: null })
    .where('expires_at', '>', utc(now));
  return {
    granted: await countUpTo(db, consents(1)),
    withdrawn: await countUpTo(db, consents(0)),
    pending: await countUpTo(db, pending),
  };
}

async function countUpTo(db: Db, rows: Knex.QueryBuilder): Promise<number> {
  const first = rows
    .select({ one: db.raw('1') })
    .limit(countedTo)
    .as('first_ones');
  const [row]: { n: number | string }[] = await db.from(first).count({ n: '*' });
  return Number(row?.n ?? 0);
}
