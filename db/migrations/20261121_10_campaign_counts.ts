import type { Knex } from 'knex';

/** What pages show of large campaigns without counting them: the frozen audience's size, and the last count by state. */
export async function up(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE campaigns ADD COLUMN audience INT UNSIGNED NULL');
  await db.raw(
    'ALTER TABLE campaign_motion ADD COLUMN by_state VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NULL',
  );
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
