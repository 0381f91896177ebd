import { campaignsIn } from '../campaigns/campaigns-store.ts';
import { refreshProgress, sampledStates } from '../campaigns/progress.ts';
import type { MailContext } from '../context.ts';
import { lockCursor, moveCursor } from '../shared/cursors-store.ts';
import { firstIdAt, timeOfId } from '../shared/ids.ts';
import { distinctHours, hourMs, hourOf } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';
import { watchAlerts } from './alerts.ts';
import {
  countHour,
  eventsBehind,
  firstMessageFrom,
  hoursToCount,
  markHoursDirty,
  markOpenHoursDirty,
} from './hourly-store.ts';
import { keepQueueAges, queueAges } from './queue-store.ts';

// Ids of events are given before their commits: younger ones may still get a neighbour with a lower id.
const eventLagMs = 30_000;
const eventPage = 5000;
const hoursAtOnce = 50;

/**
 * Counts the messages of each hour by stream and template, so that no page has to: new hours, those
 * that an event came for, however late, and those with messages still on their way. From cursors, and each hour as a
 * whole: repeating it changes nothing. Returns how many hours it counted.
 */
export async function rollUp(context: MailContext, signal?: AbortSignal): Promise<number> {
  await markNewHours(context);
  await markHoursOfEvents(context, signal);
  const counted = await countHours(context, signal);
  await recordQueueAges(context);
  await refreshCampaigns(context);
  await watchAlerts(context);
  return counted;
}

/** Every hour with messages since the last run; the one before it, too, for what was accepted in its last moment. */
async function markNewHours({ db, now }: MailContext): Promise<void> {
  await inTransaction(db, async trx => {
    const last = await lockCursor(trx, 'hours');
    const from = last === null ? new Date(0) : new Date((last - 1) * hourMs);
    await markHoursDirty(trx, await hoursWithMessages(trx, from), now());
    await markOpenHoursDirty(trx, now());
    await moveCursor(trx, 'hours', hourOf(now()).getTime() / hourMs, now());
  });
}

/** By index seeks: an hour without messages costs nothing. */
async function hoursWithMessages(db: MailContext['db'], from: Date): Promise<Date[]> {
  const hours: Date[] = [];
  for (let at = from; ; ) {
    const id = await firstMessageFrom(db, firstIdAt(at));
    if (id === null) return hours;
    const hour = hourOf(timeOfId(id));
    hours.push(hour);
    at = new Date(hour.getTime() + hourMs);
  }
}

async function markHoursOfEvents({ db, now }: MailContext, signal: AbortSignal | undefined): Promise<void> {
  for (let more = true; more && !signal?.aborted; ) {
    more = await inTransaction(db, async trx => {
      const position = (await lockCursor(trx, 'events')) ?? 0;
      const page = await eventsBehind(trx, position, eventPage);
      const young = page.findIndex(({ receivedAt }) => receivedAt.getTime() > now().getTime() - eventLagMs);
      const events = young === -1 ? page : page.slice(0, young);
      const ids = events.flatMap(({ messageId }) => (messageId ? [messageId] : []));
      await markHoursDirty(trx, distinctHours(ids.map(timeOfId)), now());
      await moveCursor(trx, 'events', events.at(-1)?.id ?? position, now());
      return events.length === eventPage;
    });
  }
}

async function countHours({ db, now }: MailContext, signal: AbortSignal | undefined): Promise<number> {
  let counted = 0;
  for (;;) {
    const hours = await hoursToCount(db, now(), hoursAtOnce);
    for (const hour of hours) {
      if (signal?.aborted) return counted;
      await countHour(db, hour, now());
      counted += 1;
    }
    if (hours.length < hoursAtOnce) return counted;
  }
}

async function recordQueueAges({ db, now }: MailContext): Promise<void> {
  await keepQueueAges(db, hourOf(now()), await queueAges(db, now()));
}

async function refreshCampaigns(context: MailContext): Promise<void> {
  for (const id of await campaignsIn(context.db, sampledStates)) await refreshProgress(context, id);
}
