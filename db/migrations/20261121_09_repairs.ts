import type { Knex } from 'knex';

/** What a night brought in on a stream, without a look at all that came by webhook meanwhile. */
export async function up(db: Knex): Promise<void> {
  await db.raw('CREATE INDEX events_repairs ON events (source, stream, received_at)');
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
