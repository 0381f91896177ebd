import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import type { ProviderEvent } from '../providers/event.ts';
import {
  deleteEscalations,
  lockedRuns,
  lockRun,
  readRun,
  type SoftBounce,
  saveEscalation,
} from './soft-bounces-store.ts';
import { recordSuppressionChange } from './suppression-changes-store.ts';

/** So many soft bounces, with no delivery dated between them, and the address counts as not deliverable. */
export const softBouncesInARow = 5;

/** As a suppression names it. */
export const softBounceReason = 'SoftBounces';
const origin = 'Rule';

/**
 * Takes in what these events say of how often an address was turned away in a row. A run is counted by the dates of all that
 * is stored, so that any order of arrival comes to the same: a delivery that is heard of late takes back what it disproves.
 */
export async function applyToRuns(
  context: MailContext,
  trx: Trx,
  events: readonly ProviderEvent[],
): Promise<void> {
  const addressesOf = (kind: ProviderEvent['kind']) =>
    new Set(events.flatMap(event => (event.kind === kind && event.recipient ? [event.recipient] : [])));
  const bounced = addressesOf('soft-bounced');
  for (const address of [...bounced].sort()) await lockRun(trx, address);
  const delivered = [...addressesOf('delivered')].filter(address => !bounced.has(address));
  const known = await lockedRuns(trx, delivered);
  for (const address of [...bounced, ...known].sort()) await conclude(context, trx, address);
}

/** Suppresses an address, or takes that back, as its run says now. */
async function conclude({ now }: MailContext, trx: Trx, address: string): Promise<void> {
  const run = await readRun(trx, address, softBouncesInARow);
  const last = run.length < softBouncesInARow ? undefined : run.at(-1);
  const stream = last ? (last.stream ?? '') : null;
  const at = now();
  const change = (where: string, active: boolean, event: SoftBounce | undefined, note: string) =>
    recordSuppressionChange(trx, {
      ...{ address, scope: 'stream', stream: where, topic: '', source: 'rule', class: 'bounce', active },
      ...{ reason: softBounceReason, origin, eventId: event?.eventId ?? null, note, changedBy: null },
      ...{ datedAt: event?.at ?? null, recordedAt: at },
    });
  for (const ended of await deleteEscalations(trx, address, stream))
    await change(
      ended,
      false,
      undefined,
      'Mail to this address was delivered between its soft bounces, or since.',
    );
  if (!last || stream === null) return;
  const note = noteOf(run);
  const details = { last, note, at, reason: softBounceReason, origin };
  if (await saveEscalation(trx, { address, stream }, details)) await change(stream, true, last, note);
}

/** The evidence: when each of them was. */
function noteOf(run: readonly SoftBounce[]): string {
  return `Turned away ${run.length} times in a row: ${run.map(({ at }) => at.toISOString()).join(', ')}.`;
}
