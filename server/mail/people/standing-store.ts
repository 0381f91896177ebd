import type { Db, Trx } from '../../../db/connect.ts';
import type { SuppressionFencesRow } from '../../../db/rows.ts';
import { oneByOne, type Statement } from '../../../db/together.ts';
import { grouped } from '../shared/grouped.ts';
import { fromUtc, utc } from '../shared/time.ts';
import { endOf, type Fact, nothingSaid, type Standing, stands } from './standing.ts';
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
export async function lockStanding(trx: Trx, place: ProviderPlace): Promise<Standing> {
  const [standing] = standingsIn(await oneByOne(trx)(lockingStandings([place])), [place]);
  return standing ?? nothingSaid;
}

/** The statements that lock what was said of several places; see {@link standingsIn}. */
export function lockingStandings(places: readonly ProviderPlace[]): Statement[] {
  // In one order, so that rivals wait for each other.
  const inOrder = [...places].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const values = inOrder.flatMap(({ address, stream }) => [address, stream]);
  const pairs = inOrder.map(() => '(?, ?)').join(', ');
  return [
    {
      sql: `INSERT INTO postlane_suppression_fences (address, stream) VALUES ${pairs}
        ON DUPLICATE KEY UPDATE stream = VALUES(stream)`,
      values,
    },
    // FOR UPDATE reads what is there now; the transaction may have begun before the last change. Moments as text, for the
    // transaction may be a caller's.
    {
      sql: `SELECT address, stream, CAST(known_to AS CHAR) AS known_to, CAST(fenced_to AS CHAR) AS fenced_to,
          CAST(unlisted_to AS CHAR) AS unlisted_to, CAST(lifted_to AS CHAR) AS lifted_to,
          CAST(released_to AS CHAR) AS released_to
        FROM postlane_suppression_fences WHERE (address, stream) IN (${pairs}) FOR UPDATE`,
      values,
    },
    {
      sql: `SELECT address, stream, class, reported, reason, origin, event_id, fact_key, reaches, CAST(dated_at AS CHAR) AS dated_at
        FROM postlane_suppressions
        WHERE (address, stream) IN (${pairs}) AND scope = 'stream' AND topic = '' AND source = 'provider' FOR UPDATE`,
      values,
    },
  ];
}

/** What those statements answered, in the order of the places. */
export function standingsIn(answers: readonly unknown[], places: readonly ProviderPlace[]): Standing[] {
  const [, marks, facts] = answers;
  const marksBy = grouped(marks as (Moments & ProviderPlace)[], keyOf);
  const factsBy = grouped(facts as (FactRow & ProviderPlace)[], keyOf);
  return places.map(place => standingOf(marksBy.get(keyOf(place))?.[0], factsBy.get(keyOf(place)) ?? []));
}

function keyOf({ address, stream }: ProviderPlace): string {
  return `${address}\n${stream}`;
}

function standingOf(marks: Moments | undefined, facts: readonly FactRow[]): Standing {
  return {
    knownTo: fromUtc(marks?.known_to ?? null),
    fencedTo: fromUtc(marks?.fenced_to ?? null),
    ends: {
      list: fromUtc(marks?.unlisted_to ?? null),
      shop: fromUtc(marks?.lifted_to ?? null),
      person: fromUtc(marks?.released_to ?? null),
    },
    facts: new Map(facts.map(row => [row.class || classOf(row), factOf(row)])),
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
  await oneByOne(trx)(savingStanding(place, before, after, evidence));
  return turnedBetween(before, after);
}

function turnedBetween(before: Standing, after: Standing): SuppressionClass[] {
  return suppressionClasses.filter(kind => stands(before, kind) !== stands(after, kind));
}

/** The statements that keep what changed. */
export function savingStanding(
  place: ProviderPlace,
  before: Standing,
  after: Standing,
  evidence: Evidence,
): Statement[] {
  const { knownTo, fencedTo, ends } = after;
  const marks = {
    sql: `UPDATE postlane_suppression_fences
      SET known_to = ?, fenced_to = ?, unlisted_to = ?, lifted_to = ?, released_to = ? WHERE address = ? AND stream = ?`,
    values: [
      ...[knownTo, fencedTo, ends.list, ends.shop, ends.person].map(moment => utc(moment)),
      ...[place.address, place.stream],
    ],
  };
  const turned = turnedBetween(before, after);
  const facts = suppressionClasses.flatMap(kind => {
    const fact = after.facts.get(kind);
    if (!fact || (fact === before.facts.get(kind) && !turned.includes(kind))) return [];
    return savingFact(place, kind, fact, {
      ...evidence,
      active: stands(after, kind),
      changedAt: changedAt(after, kind, fact, evidence),
    });
  });
  return [marks, ...facts];
}

/** No later than we heard of it. */
function changedAt(standing: Standing, kind: SuppressionClass, { datedAt }: Fact, { at }: Evidence): Date {
  const said = stands(standing, kind) ? datedAt : endOf(standing, kind);
  return said && said < at ? said : at;
}

function savingFact(
  { address, stream }: ProviderPlace,
  kind: SuppressionClass,
  fact: Fact,
  { at, note, by, changedAt: changed, active }: Evidence & { changedAt: Date; active: boolean },
): Statement {
  const key = { address, scope: 'stream', stream, topic: '', source: 'provider', class: kind };
  const row = {
    ...{ active: Number(active), reported: Number(fact.reported), reason: fact.reason, origin: fact.origin },
    ...{ event_id: fact.eventId, fact_key: fact.factKey || null, note, changed_by: by },
    ...{ reaches: fact.reaches?.join(',') ?? null, dated_at: utc(fact.datedAt) },
    ...{ changed_at: utc(changed), recorded_at: utc(at) },
  };
  const names = [...Object.keys(key), ...Object.keys(row)];
  return {
    sql: `INSERT INTO postlane_suppressions (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
      ON DUPLICATE KEY UPDATE ${Object.keys(row)
        .map(name => `${name} = VALUES(${name})`)
        .join(', ')}`,
    values: [...Object.values(key), ...Object.values(row)],
  };
}
