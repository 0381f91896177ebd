import { columns, type Known, type Selected } from '../../../db/columns.ts';
import type { Db } from '../../../db/connect.ts';
import type { EventsRow, MessagesRow } from '../../../db/rows.ts';
import { type EventView, eventsWith } from '../events/events-store.ts';
import type { EventKind } from '../providers/event.ts';
import type { Happened } from './person-view.ts';

const heard = columns<Known<EventsRow, { kind: EventKind }>>()('postlane_events', ['kind', 'messageId'], {
  at: 'occurredAt',
});
const reached = columns<MessagesRow>()('postlane_messages', ['id', 'deliveredAt', 'openedAt', 'clickedAt']);

const latestEvents = 500;
const latestMessages = 200;

/** What happened of late to mail to an address: what was reported of it, and what its messages came to. */
export async function happenedTo(db: Db, address: string): Promise<Happened[]> {
  const [events, messages] = await Promise.all([
    db(db.raw('postlane_events FORCE INDEX (events_recipient)'))
      .select(heard.aliases)
      .where({ recipient: address })
      .orderBy('id', 'desc')
      .limit(latestEvents),
    db(db.raw('postlane_messages FORCE INDEX (messages_recipient)'))
      .select(reached.aliases)
      .where({ recipient: address })
      .orderBy('id', 'desc')
      .limit(latestMessages),
  ]);
  return [...events, ...messages.flatMap(happenedIn)];
}

function happenedIn({ id: messageId, ...moments }: Selected<typeof reached>): Happened[] {
  const found: [EventKind, Date | null][] = [
    ['delivered', moments.deliveredAt],
    ['opened', moments.openedAt],
    ['clicked', moments.clickedAt],
  ];
  return found.flatMap(([kind, at]) => (at === null ? [] : [{ kind, at, messageId }]));
}

/** Events about an address, the latest heard first, behind the one of this id. */
export async function eventsAbout(
  db: Db,
  address: string,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<EventView[]> {
  return eventsWith(db, query => {
    query.where({ recipient: address }).orderBy('id', 'desc').limit(limit);
    if (cursor !== undefined) query.where('id', '<', cursor);
  });
}

/** Events by their ids. */
export async function eventsNamed(db: Db, ids: readonly string[]): Promise<Map<string, EventView>> {
  if (ids.length === 0) return new Map();
  const found = await eventsWith(db, query => void query.whereIn('id', [...ids]));
  return new Map(found.map(event => [event.id, event]));
}
