import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { reachOf } from './reach.ts';
import {
  afterAllKnown,
  believable,
  type Ending,
  type Report,
  type Standing,
  withReport,
} from './standing.ts';
import { lockStanding, type ProviderPlace, saveStanding } from './standing-store.ts';
import { classOf } from './suppression.ts';
import { recordSuppressionChange } from './suppression-changes-store.ts';

/** The stored event that a report came with. */
export interface ReportedEvent {
  event: ProviderEvent;
  eventId: string;
  factKey: string;
}

/**
 * Takes in that a provider mails an address on a stream no more, or again: kept in the history, and put in order with
 * what it said before. It changes nothing that was entered here.
 */
export async function applyReport(context: MailContext, trx: Trx, reported: ReportedEvent): Promise<void> {
  const { suppresses, stream, recipient: address } = reported.event;
  if (!suppresses || !stream || !address) return;
  const place = { address, stream };
  const before = await lockStanding(trx, place);
  const report = await reportOf(context, trx, reported, place, before);
  const at = context.now();
  await recordSuppressionChange(trx, {
    ...{ ...place, scope: 'stream', topic: '', source: 'provider', ...suppresses },
    class: suppresses.active ? classOf(suppresses) : '',
    ...{ eventId: reported.eventId, note: null, changedBy: null, datedAt: report.datedAt, recordedAt: at },
  });
  await saveStanding(trx, place, before, withReport(before, report), { at, note: null, by: null });
}

async function reportOf(
  context: MailContext,
  trx: Trx,
  { event, eventId, factKey }: ReportedEvent,
  place: ProviderPlace,
  before: Standing,
): Promise<Report> {
  const { suppresses, occurredAt, isOfFuture } = event;
  const { active, reason, origin, seen } = suppresses ?? { active: false, reason: '', origin: '' };
  const datedAt = seen ? afterAllKnown(before) : isOfFuture ? null : believable(occurredAt, context.now());
  if (!active) return { active, datedAt, by: seen ? 'list' : endingBy(origin) };
  const kind = classOf({ reason, origin });
  const reaches = kind === 'bounce' ? null : await reachOf(context, trx, place);
  return { active, class: kind, datedAt, reason, origin, eventId, factKey, reaches };
}

/** A customer cannot take back what a person said. */
function endingBy(origin: string): Ending {
  return origin === 'Customer' ? 'shop' : 'person';
}
