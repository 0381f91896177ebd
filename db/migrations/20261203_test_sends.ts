import type { Knex } from 'knex';

/** A row for each person who sends tests of templates: who counts them holds it, so that those sent at once count as many. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_test_senders (
    person VARCHAR(200) NOT NULL PRIMARY KEY
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);
}
