import type { Knex } from 'knex';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

/** What was turned away for now, on its message; and the index that counts those of an address since its last delivery. */
export async function up(db: Knex): Promise<void> {
  await addColumnIfMissing(db, 'postlane_messages', 'deferred_at', 'DATETIME(3) NULL');
  await addColumnIfMissing(db, 'postlane_messages', 'deferral', 'VARCHAR(100) NULL');
  await addColumnIfMissing(db, 'postlane_messages', 'soft_bounces', 'INT UNSIGNED NOT NULL DEFAULT 0');
  await addIndexIfMissing(db, 'postlane_events', 'events_run', ['recipient', 'kind', 'occurred_at']);
}
