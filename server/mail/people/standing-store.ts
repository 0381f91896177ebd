import type { Db, Trx } from '../../../db/connect.ts';
import type { SuppressionFencesRow } from '../../../db/rows.ts';
import { fromUtc, utc } from '../shared/time.ts';
import { endOf, type Fact, type Standing, stands } from './standing.ts';
import { classOf, type SuppressionClass, suppressionClasses } from './suppression.ts';

/** Where a provider's reports of an address are kept. */
export interface ProviderPlace {
  address: string;
  stream: string;
}

type Moments = Record<Exclude<keyof SuppressionFencesRow, 'address' | 'stream'>, string | null>;
interface FactRow {
  class: SuppressionClass | '';
  reported: number;
  reason: string;
  origin: string;
  event_id: number | string | null;
  fact_key: string | null;
  reaches: string | null;
  dated_at: string | null;
}

/** What a provider said of an address on a stream, held until the transaction ends. */
export async function lockStanding(trx: Trx, { address, stream }: ProviderPlace): Promise<Standing> {
  const place = [address, stream];
  await trx.raw(
    `INSERT INTO postlane_suppression_fences (address, stream) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE stream = VALUES(stream)`,
    place,
  );
  // FOR UPDATE reads what is there now; the transaction may have begun before the last change. Moments as text, for the
  // transaction may be a caller's.
  const [[marks] = []]: Moments[][] = await trx.raw(
    `SELECT CAST(known_to AS CHAR) AS known_to, CAST(fenced_to AS CHAR) AS fenced_to,
       CAST(unlisted_to AS CHAR) AS unlisted_to, CAST(lifted_to AS CHAR) AS lifted_to,
       CAST(released_to AS CHAR) AS released_to
     FROM postlane_suppression_fences WHERE address = ? AND stream = ? FOR UPDATE`,
    place,
  );
  const [rows = []]: FactRow[][] = await trx.raw(
    `SELECT class, reported, reason, origin, event_id, fact_key, reaches, CAST(dated_at AS CHAR) AS dated_at
     FROM postlane_suppressions
     WHERE address = ? AND scope = 'stream' AND stream = ? AND topic = '' AND source = 'provider' FOR UPDATE`,
    place,
  );
  return {
    knownTo: fromUtc(marks?.known_to ?? null),
    fencedTo: fromUtc(marks?.fenced_to ?? null),
    ends: {
      list: fromUtc(marks?.unlisted_to ?? null),
      shop: fromUtc(marks?.lifted_to ?? null),
      person: fromUtc(marks?.released_to ?? null),
    },
    facts: new Map(rows.map(row => [row.class || classOf(row), factOf(row)])),
  };
}

function factOf({ reported, reason, origin, event_id, fact_key, reaches, dated_at }: FactRow): Fact {
  return {
    ...{ reason, origin, reported: reported === 1 },
    eventId: event_id === null ? null : String(event_id),
    factKey: fact_key ?? '',
    reaches: reaches === null ? null : reaches.split(',').filter(Boolean),
    datedAt: fromUtc(dated_at),
  };
}

/** The newest date of any report of an address on a stream; null when there was none. */
export async function readKnownTo(db: Db, { address, stream }: ProviderPlace): Promise<Date | null> {
  const row = await db('postlane_suppression_fences').where({ address, stream }).first('known_to');
  return row?.known_to ?? null;
}

/** Who made a change here, and why; nobody did where the provider reported it. */
export interface Evidence {
  at: Date;
  note: string | null;
  by: string | null;
}

/** Keeps what changed. Returns the classes that stand now and did not before, or the other way round. */
export async function saveStanding(
  trx: Trx,
  place: ProviderPlace,
  before: Standing,
  after: Standing,
  evidence: Evidence,
): Promise<SuppressionClass[]> {
  const { knownTo, fencedTo, ends } = after;
  await trx('postlane_suppression_fences')
    .where({ address: place.address, stream: place.stream })
    .update({
      known_to: utc(knownTo),
      fenced_to: utc(fencedTo),
      unlisted_to: utc(ends.list),
      lifted_to: utc(ends.shop),
      released_to: utc(ends.person),
    });
  const turned = suppressionClasses.filter(kind => stands(before, kind) !== stands(after, kind));
  for (const kind of suppressionClasses) {
    const fact = after.facts.get(kind);
    if (!fact || (fact === before.facts.get(kind) && !turned.includes(kind))) continue;
    await saveFact(trx, place, kind, fact, {
      ...evidence,
      active: stands(after, kind),
      changedAt: changedAt(after, kind, fact, evidence),
    });
  }
  return turned;
}

/** No later than we heard of it. */
function changedAt(standing: Standing, kind: SuppressionClass, { datedAt }: Fact, { at }: Evidence): Date {
  const said = stands(standing, kind) ? datedAt : endOf(standing, kind);
  return said && said < at ? said : at;
}

async function saveFact(
  trx: Trx,
  { address, stream }: ProviderPlace,
  kind: SuppressionClass,
  fact: Fact,
  { at, note, by, changedAt: changed, active }: Evidence & { changedAt: Date; active: boolean },
): Promise<void> {
  const row = {
    ...{ address, scope: 'stream', stream, topic: '', source: 'provider', class: kind },
    ...{ active: Number(active), reported: Number(fact.reported), reason: fact.reason, origin: fact.origin },
    ...{ event_id: fact.eventId, fact_key: fact.factKey || null, note, changed_by: by },
    ...{ reaches: fact.reaches?.join(',') ?? null, dated_at: utc(fact.datedAt) },
    ...{ changed_at: utc(changed), recorded_at: utc(at) },
  };
  await trx('postlane_suppressions').insert(row).onConflict().merge();
}
