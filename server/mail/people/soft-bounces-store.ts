import type { Trx } from '../../../db/connect.ts';
import { fromUtc, utc } from '../shared/time.ts';

/** A time that mail to an address was turned away for now. */
export interface SoftBounce {
  eventId: string;
  factKey: string;
  at: Date;
  stream: string | null;
}

/** Of these addresses those that were ever turned away for now, held until the transaction ends. */
export async function lockedRuns(trx: Trx, addresses: readonly string[]): Promise<string[]> {
  if (addresses.length === 0) return [];
  return trx('postlane_suppression_fences')
    .where({ stream: noStream })
    .whereIn('address', [...addresses])
    .orderBy('address')
    .forUpdate()
    .pluck('address');
}

/** Holds the run of an address until the transaction ends, so that whoever counts next sees what we have counted. */
export async function lockRun(trx: Trx, address: string): Promise<void> {
  await trx.raw(
    `INSERT INTO postlane_suppression_fences (address, stream) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE stream = VALUES(stream)`,
    [address, noStream],
  );
}

/**
 * The first soft bounces of an address, by their dates, since it was last delivered to or an operator lifted what they had
 * come to; `most` of them.
 */
export async function readRun(trx: Trx, address: string, most: number): Promise<SoftBounce[]> {
  const [[since]] = await trx.raw(
    `SELECT CAST(GREATEST(COALESCE(delivered, fenced), COALESCE(fenced, delivered)) AS CHAR) AS at FROM (
       SELECT
         (SELECT e.occurred_at ${runOf} AND e.kind = 'delivered' ORDER BY e.occurred_at DESC LIMIT 1) AS delivered,
         (SELECT fenced_to FROM postlane_suppression_fences WHERE address = ? AND stream = ?) AS fenced
     ) marks`,
    [address, address, noStream],
  );
  const from = since?.at ?? '1000-01-01';
  const first = await softBounces(trx, 'AND e.occurred_at > ? ORDER BY e.occurred_at LIMIT ?', [
    address,
    from,
    most,
  ]);
  const last = first.at(-1);
  if (!last || first.length < most) return first;
  // Which of several of one moment belong to it must not depend on which came first.
  const upTo = await softBounces(trx, 'AND e.occurred_at > ? AND e.occurred_at <= ?', [
    address,
    from,
    utc(last.at),
  ]);
  return upTo
    .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.factKey < b.factKey ? -1 : 1))
    .slice(0, most);
}

/** What was reported of an address up to now counts no more. */
export async function fenceRun(trx: Trx, address: string): Promise<void> {
  await lockRun(trx, address);
  await trx.raw(
    `UPDATE postlane_suppression_fences SET fenced_to =
       (SELECT e.occurred_at ${runOf} AND e.kind = 'soft-bounced' ORDER BY e.occurred_at DESC LIMIT 1)
     WHERE address = ? AND stream = ?`,
    [address, address, noStream],
  );
}

/** Takes away what the run of an address came to, on every stream but `stream`; the streams it stood on. */
export async function deleteEscalations(trx: Trx, address: string, stream: string | null): Promise<string[]> {
  const found = trx('postlane_suppressions').where({ address, source: 'rule', active: 1 });
  if (stream !== null) found.whereNot({ stream });
  const streams: string[] = await found.clone().pluck('stream');
  if (streams.length > 0) await found.delete();
  return streams;
}

/** Suppresses an address for its run; false when it is so already, by the same soft bounces. */
export async function saveEscalation(
  trx: Trx,
  { address, stream }: { address: string; stream: string },
  {
    last,
    note,
    at,
    reason,
    origin,
  }: { last: SoftBounce; note: string; at: Date; reason: string; origin: string },
): Promise<boolean> {
  const key = { address, scope: 'stream', stream, topic: '', source: 'rule', class: 'bounce' };
  const same = await trx('postlane_suppressions')
    .where({ ...key, active: 1, note })
    .first('address');
  if (same) return false;
  const changedAt = last.at < at ? last.at : at;
  await trx('postlane_suppressions')
    .insert({
      ...key,
      ...{ active: 1, reason, origin, note, changed_by: null },
      ...{ event_id: last.eventId, fact_key: last.factKey, dated_at: utc(last.at) },
      ...{ changed_at: utc(changedAt), recorded_at: utc(at) },
    })
    .onConflict()
    .merge();
  return true;
}

// No stream has this name: such a row is the address's own.
const noStream = '';

// Dates that cannot be would stand above all others.
const runOf = `FROM postlane_events e FORCE INDEX (events_run)
  WHERE e.recipient = ? AND e.occurred_at <= TIMESTAMPADD(DAY, 1, e.received_at)`;

async function softBounces(trx: Trx, sql: string, bindings: (string | number)[]): Promise<SoftBounce[]> {
  const [rows]: { id: number | string; fact_key: string; at: string; stream: string | null }[][] =
    await trx.raw(
      `SELECT e.id, e.fact_key, e.stream, CAST(e.occurred_at AS CHAR) AS at ${runOf} AND e.kind = 'soft-bounced' ${sql}`,
      bindings,
    );
  return (rows ?? []).map(row => ({
    eventId: String(row.id),
    factKey: row.fact_key,
    at: fromUtc(row.at),
    stream: row.stream,
  }));
}
