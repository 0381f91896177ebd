import type { Db } from '../../../db/connect.ts';
import { utc } from '../shared/time.ts';

/** The server that a provider's lists came from until now; the first one that is seen is kept. */
export async function knownServerId(db: Db, provider: string, seen: string, now: Date): Promise<string> {
  await db.raw(
    'INSERT IGNORE INTO postlane_provider_servers (provider, server_id, accepted_at) VALUES (?, ?, ?)',
    [provider, seen, utc(now)],
  );
  const row = await db('postlane_provider_servers').where({ provider }).first('server_id');
  return row?.server_id ?? seen;
}

/** Takes another server as the provider's from now on. Returns the one before; null when there was none. */
export async function acceptServerId(
  trx: Db,
  provider: string,
  id: string,
  { by, at }: { by: string | null; at: Date },
): Promise<string | null> {
  const before = await trx('postlane_provider_servers').where({ provider }).forUpdate().first('server_id');
  await trx('postlane_provider_servers')
    .insert({ provider, server_id: id, accepted_at: utc(at), accepted_by: by?.slice(0, 200) ?? null })
    .onConflict('provider')
    .merge();
  return before?.server_id ?? null;
}

/** The ids of the servers that providers' lists come from, as far as they are known, by provider. */
export async function serverIds(db: Db): Promise<Map<string, string>> {
  const rows = await db('postlane_provider_servers').select('provider', 'server_id');
  return new Map(rows.map(row => [row.provider, row.server_id]));
}
