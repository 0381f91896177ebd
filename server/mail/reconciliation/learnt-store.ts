import type { Db } from '../../../db/connect.ts';
import { utc } from '../shared/time.ts';

/** A stream of the server that a token belongs to. */
export interface LearntStream {
  provider: string;
  tokenHash: string;
  stream: string;
}

/** Whether all of its suppressions were learnt once. */
export async function isLearnt(db: Db, { provider, tokenHash, stream }: LearntStream): Promise<boolean> {
  const row = await db('postlane_learnt_streams')
    .where({ provider, token_hash: tokenHash, stream })
    .first('learnt_at');
  return row !== undefined;
}

/** Keeps that they are. */
export async function markLearnt(
  db: Db,
  { provider, tokenHash, stream }: LearntStream,
  now: Date,
): Promise<void> {
  await db.raw(
    'INSERT IGNORE INTO postlane_learnt_streams (provider, token_hash, stream, learnt_at) VALUES (?, ?, ?, ?)',
    [provider, tokenHash, stream, utc(now)],
  );
}
