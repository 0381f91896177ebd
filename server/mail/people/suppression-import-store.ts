import type { Db, Trx } from '../../../db/connect.ts';
import { grouped } from '../shared/grouped.ts';
import { utc } from '../shared/time.ts';
import type { SuppressionPlace, SuppressionSource } from './suppression.ts';
import { manualReason, type OwnDetails, type OwnEntry } from './suppression-changes-store.ts';
import { type Suppression, stored, suppressionOf } from './suppressions-store.ts';

/** What stands, or stood, at a place. */
export type KnownRow = Suppression & { source: SuppressionSource };

/** Everything that stands, or stood, against these addresses, by `address, scope, stream, topic` with line breaks between. */
export async function rowsOf(db: Db, addresses: readonly string[]): Promise<Map<string, KnownRow[]>> {
  const rows = await db('postlane_suppressions')
    .select(stored.aliases)
    .whereIn('address', [...addresses]);
  return grouped(rows.map(suppressionOf), ({ address, scope, stream, topic }: SuppressionPlace) =>
    [address, scope, stream, topic].join('\n'),
  );
}

/** Enters suppressions of our own where there are none; what is there stays as it is. */
export async function insertSuppressions(
  trx: Trx,
  entries: readonly (readonly [{ own: OwnEntry }, OwnDetails])[],
): Promise<void> {
  if (entries.length === 0) return;
  await trx('postlane_suppressions')
    .insert(
      entries.map(([{ own }, { note, by, at, reaches, offer, expiresAt }]) => ({
        ...{ address: own.address, scope: own.scope, stream: own.stream, topic: own.topic },
        ...{ source: own.source, class: own.class, reason: manualReason, origin: own.origin, active: 1 },
        ...{ note, changed_by: by?.slice(0, 200) ?? null, offer, reaches: reaches?.join(',') ?? null },
        ...{ changed_at: utc(at), recorded_at: utc(at), expires_at: utc(expiresAt) },
      })),
    )
    .onConflict()
    .ignore();
}
