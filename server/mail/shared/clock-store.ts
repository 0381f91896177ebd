import type { Db } from '../../../db/connect.ts';

/** What the database takes the time to be. */
export async function databaseTime(db: Db): Promise<Date> {
  const [[row]] = await db.raw('SELECT UTC_TIMESTAMP(3) AS at');
  return row.at;
}
