import type { Statement, Trip } from '../../../db/together.ts';
import type { MailContext } from '../context.ts';
import { askingIds, type IdOfFact } from '../events/events-store.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { grouped } from '../shared/grouped.ts';
import { reachOf } from './reach.ts';
import {
  afterAllKnown,
  believable,
  type Ending,
  nothingSaid,
  type Report,
  type Standing,
  withReport,
} from './standing.ts';
import { lockingStandings, type ProviderPlace, savingStanding, standingsIn } from './standing-store.ts';
import { classOf } from './suppression.ts';
import { type NewChange, recordingChanges } from './suppression-changes-store.ts';

/** An event by which a provider says that it mails an address on a stream no more, or again. */
export interface Suppressing {
  event: ProviderEvent;
  factKey: string;
  suppresses: NonNullable<ProviderEvent['suppresses']>;
  place: ProviderPlace;
  /** See `Stopping.reaches`. */
  reaches: readonly string[] | null;
}

/** Of these events those that suppress, or end a suppression, with which mail they are about. */
export async function suppressingAmong(
  context: MailContext,
  events: readonly { event: ProviderEvent; factKey: string }[],
): Promise<Suppressing[]> {
  const found: Suppressing[] = [];
  for (const { event, factKey } of events) {
    const { suppresses, stream, recipient: address } = event;
    if (!suppresses || !stream || !address) continue;
    const place = { address, stream };
    const isBounce = !suppresses.active || classOf(suppresses) === 'bounce';
    const reaches = isBounce ? null : await reachOf(context, context.db, place);
    found.push({ event, factKey, suppresses, place, reaches });
  }
  return found;
}

/**
 * Takes in that a provider mails addresses no more, or again: kept in the history, and put in order with what it said before.
 * It changes nothing that was entered here. Answers with what is left to be done in the same transaction, in which the events
 * are stored already.
 */
export async function applyReports(
  { now }: MailContext,
  trip: Trip,
  suppressing: readonly Suppressing[],
): Promise<Statement[]> {
  if (suppressing.length === 0) return [];
  const byPlace = [...grouped(suppressing, ({ place }) => `${place.address}\n${place.stream}`).values()];
  const places = byPlace.flatMap(([first]) => first?.place ?? []);
  const keys = suppressing.map(({ factKey }) => factKey);
  const [ids, ...answers] = await trip([askingIds(keys), ...lockingStandings(places)]);
  const eventIds = new Map((ids as IdOfFact[]).map(({ id, fact_key }) => [fact_key, String(id)]));
  const standings = standingsIn(answers, places);
  const at = now();
  const changes: NewChange[] = [];
  const saving = byPlace.flatMap((all, i) => {
    const before = standings[i] ?? nothingSaid;
    const after = all.reduce((standing, one) => {
      const eventId = eventIds.get(one.factKey) ?? '';
      const report = reportOf(one, standing, eventId, at);
      changes.push(changeOf(one, report, eventId, at));
      return withReport(standing, report);
    }, before);
    return all[0] ? savingStanding(all[0].place, before, after, { at, note: null, by: null }) : [];
  });
  return [recordingChanges(changes), ...saving];
}

function changeOf(
  { suppresses, place }: Suppressing,
  { datedAt }: Report,
  eventId: string,
  at: Date,
): NewChange {
  const { active, reason, origin } = suppresses;
  return {
    ...{ ...place, scope: 'stream', topic: '', source: 'provider', active, reason, origin },
    class: active ? classOf(suppresses) : '',
    ...{ eventId, note: null, changedBy: null, datedAt, recordedAt: at },
  };
}

function reportOf(
  { event, suppresses, factKey, reaches }: Suppressing,
  before: Standing,
  eventId: string,
  at: Date,
): Report {
  const { active, reason, origin, seen } = suppresses;
  const { occurredAt, isOfFuture } = event;
  const datedAt = seen ? afterAllKnown(before) : isOfFuture ? null : believable(occurredAt, at);
  if (!active) return { active, datedAt, by: seen ? 'list' : endingBy(origin) };
  return { active, class: classOf(suppresses), datedAt, reason, origin, eventId, factKey, reaches };
}

/** A customer cannot take back what a person said. */
function endingBy(origin: string): Ending {
  return origin === 'Customer' ? 'shop' : 'person';
}
